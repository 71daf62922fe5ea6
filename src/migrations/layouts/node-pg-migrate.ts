import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { blankQuoted, keep, type Range } from '../../sql/blank.ts';
import { sqlOf } from './conventions/drafts.ts';
import { type Half, type Part, singleFileLayout } from './conventions/single-files.ts';
import { compareNumbers } from './conventions/versions.ts';
import { hasMark, type Tool } from './tool.ts';

const upMark = /^\s*--[\s-]*up\s+migration/im;
const downMark = /^\s*--[\s-]*down\s+migration/im;

/**
 * node-pg-migrate: SQL files with the comments `Up Migration` and `Down Migration` in either order
 * (salsita/node-pg-migrate, `src/sqlMigration.ts`). All that is pending runs in one transaction, since
 * `single-transaction` is on by default, and SQL files cannot ask for none.
 */
export const nodePgMigrate: Tool = {
  name: 'node-pg-migrate',
  folders: ['migrations'],
  async configuration(project) {
    const file = 'package.json';
    const text = await project.text(file);
    if (text === null || !/"node-pg-migrate"\s*:/.test(text)) return null;
    return { file, folders: [], placeholders: new Map() };
  },
  recognises: (sample) => (hasMark(sample, upMark) ? 'marks' : null),
  layout: () =>
    singleFileLayout({
      name: 'node-pg-migrate',
      bookkeeping: [
        {
          name: 'pgmigrations',
          ddl: `CREATE TABLE pgmigrations (
  id serial PRIMARY KEY,
  name varchar(255) NOT NULL,
  run_on timestamp NOT NULL
)`,
        },
      ],
      pattern: /^(\d+)[_-].*\.sql$/,
      code: /^\d+[_-].*(?<!\.d)\.[cm]?[jt]s$/,
      compare: compareNumbers,
      read,
      write,
    }),
};

function read({ text }: SourceFile): readonly Part[] {
  const upAt = upMark.exec(text)?.index ?? null;
  const downAt = downMark.exec(text)?.index ?? null;
  const half = (range: Range): Half => ({ text: keep(text, [range]), wrapping: 'deploy' });
  // Comments at the top may say how the file is to be reviewed.
  const start = (from: number) => (blankQuoted(text.slice(0, from)).trim() === '' ? 0 : from);
  const end = (from: number, other: number | null) => (other === null || other < from ? text.length : other);
  const up = half(upAt === null ? [0, text.length] : [start(upAt), end(upAt, downAt)]);
  return [{ kind: 'versioned', up, down: downAt === null ? null : half([downAt, end(downAt, upAt)]) }];
}

// Whatever the number of files, they would run in one transaction.
function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  const [draft] = drafts;
  if (draft === undefined || drafts.length > 1 || draft.transaction === 'none') return [];
  return [{ path: instead.path, text: `-- Up Migration\n${sqlOf(draft.statements)}` }];
}
