import { dirname, join } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { sqlOf } from './conventions/drafts.ts';
import { singleFileLayout } from './conventions/single-files.ts';
import { compareNumbers, countUp } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/**
 * refinery: `V1__name.sql`, or `U1__name.sql` for versions that may come late (rust-db/refinery,
 * `refinery_core/src/runner.rs`). A file is one transaction, and there is no way to run it without.
 */
export const refinery: Tool = {
  name: 'refinery',
  folders: ['migrations', 'src/migrations', 'src/sql_migrations'],
  async configuration(project) {
    const found = await project.firstOf(['Cargo.toml', 'refinery.toml']);
    if (found === null || (found.file === 'Cargo.toml' && !/^refinery\b/m.test(found.text))) return null;
    return { file: found.file, folders: [], placeholders: new Map() };
  },
  recognises: () => null,
  layout: () =>
    singleFileLayout({
      name: 'refinery',
      bookkeeping: [
        {
          name: 'refinery_schema_history',
          ddl: `CREATE TABLE refinery_schema_history (
  version int4 PRIMARY KEY,
  name varchar(255),
  applied_on varchar(255),
  checksum varchar(255)
)`,
        },
      ],
      pattern: /^[VU](\d+)__\w+\.sql$/,
      code: /^[VU]\d+__\w+\.rs$/,
      compare: compareNumbers,
      read: ({ text }) => [{ kind: 'versioned', up: { text, wrapping: 'transaction' }, down: null }],
      write,
    }),
};

function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  if (drafts.some(({ transaction }) => transaction === 'none')) return [];
  return drafts.map(({ title, statements }, index) => ({
    path: join(dirname(instead.path), `V${countUp(instead.version, index)}__${title}.sql`),
    text: sqlOf(statements),
  }));
}
