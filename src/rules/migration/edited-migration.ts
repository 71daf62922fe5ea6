import type { TouchedMigration } from '../../model/change.ts';
import type { Severity } from '../../model/insight.ts';
import { saysTheSame } from '../../sql/same-text.ts';
import { onMigration } from '../on-migration.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/edited-migration',
  title: 'A migration is changed that production has run',
  message: '{what}, after it was merged: {consequence}',
  triggeredWhen:
    'the change edits, renames or deletes a migration that the base has; edited comments are a remark',
  impact:
    'databases that are set up from now on differ from production, where the change is never run, and tools that keep checksums refuse to go on',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave it as it was, and add another one',
      text: 'Take the file back to what was merged, and write what is to be different into a new migration.',
    },
  ],
  core: false,
  *check({ change }) {
    for (const touched of change?.change.touched ?? []) {
      const { severity, line, ...words } = judged(touched);
      yield onMigration(touched.path, severity, words, line);
    }
  },
});

interface Judged {
  readonly severity: Severity;
  readonly what: string;
  readonly consequence: string;
  readonly line: number | null;
}

function judged(touched: TouchedMigration): Judged {
  switch (touched.kind) {
    case 'modified': {
      const { before, after } = touched;
      const line = firstDifference(before, after);
      return saysTheSame(before, after)
        ? {
            severity: 'low',
            what: 'comments or white space of it are edited',
            consequence: 'it does the same as before, but a tool that keeps checksums refuses it',
            line,
          }
        : {
            severity: 'high',
            what: 'its statements are edited',
            consequence: 'production has run what stood there before, and will not run it again',
            line,
          };
    }
    case 'renamed':
      return {
        severity: 'medium',
        what: `it is renamed from ${touched.from}`,
        consequence:
          'a tool that knows migrations by their names or versions takes it for a new one, and runs it again',
        line: 1,
      };
    case 'deleted':
      return {
        severity: 'medium',
        what: 'it is deleted',
        consequence: 'production has what it did, and databases that are set up from now on have not',
        line: null,
      };
    default:
      return touched satisfies never;
  }
}

/** Line of the later text, from 1, where the texts first differ. */
function firstDifference(before: string, after: string): number {
  const earlier = before.split('\n');
  const lines = after.split('\n');
  const index = lines.findIndex((line, at) => line !== earlier[at]);
  return index === -1 ? Math.max(1, lines.length) : index + 1;
}
