import type { Severity } from '../../model/insight.ts';
import type { Repetition } from '../../model/trial.ts';
import type { Facts } from '../facts.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/not-rerunnable',
  title: 'A second run does something else than the first',
  message: '{what}',
  triggeredWhen:
    'a statement that is run twice changes or adds rows both times; or it fails the second time, where a migration may stop half-way or is made to be run again (a remark)',
  impact:
    'when a deploy is retried, or the migration is run by hand and then by its tool, values are changed twice, rows are there twice, or the retry stops at what the first attempt has done',
  remediation: [
    {
      kind: 'advice',
      title: 'Let it see what has been done',
      text: 'Restrict an UPDATE to rows that still need it, by a condition that is false afterwards, or by a column that marks what is done; insert with ON CONFLICT DO NOTHING; write IF NOT EXISTS and IF EXISTS where statements commit one by one, but never for an index that is built concurrently.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { file, statement, outcome } of facts.change?.trials.repetitions ?? []) {
      // That it fails is right: IF NOT EXISTS would take the invalid index that a failed build leaves for done.
      if (outcome.kind === 'fails' && isConcurrentBuild(facts, file, statement.line)) continue;
      const { severity, ...figures } = judged(outcome);
      yield onStatement({ file, statement }, severity, figures);
    }
  },
});

function isConcurrentBuild({ statements }: Facts, file: string, line: number): boolean {
  const seen = statements.find((each) => each.file === file && each.statement.line === line)?.statement;
  return seen !== undefined && seen.transaction === null && seen.indexesBuilt.length > 0;
}

function judged(outcome: Repetition['outcome']): {
  readonly severity: Severity;
  readonly what: string;
  readonly table: string | null;
} {
  switch (outcome.kind) {
    case 'changes rows again':
      return {
        severity: 'medium',
        what: `changes the same rows of ${outcome.table} again when it is run a second time, to other values than the first`,
        table: outcome.table,
      };
    case 'adds rows again':
      return {
        severity: 'medium',
        what: `adds the same rows to ${outcome.table} again when it is run a second time`,
        table: outcome.table,
      };
    case 'fails':
      return {
        severity: 'low',
        what: `fails when it is run a second time: ${outcome.error.message}`,
        table: null,
      };
    default:
      return outcome satisfies never;
  }
}
