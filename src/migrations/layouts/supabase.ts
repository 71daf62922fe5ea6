import { dirname, join } from 'node:path/posix';
import type { SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { eachAlone, sqlOf } from './conventions/drafts.ts';
import { singleFileLayout } from './conventions/single-files.ts';
import { compareNumbers, countUp } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/**
 * Supabase: `supabase/migrations/VERSION_name.sql`. The statements of a file and the one that records it are one
 * batch, which is one implicit transaction (supabase/cli, `pkg/migration/file.go`); since 2.109 statements that
 * cannot be in a transaction are taken out of it and sent alone.
 */
export const supabase: Tool = {
  name: 'supabase',
  folders: ['supabase/migrations'],
  async configuration(project) {
    const file = 'supabase/config.toml';
    if ((await project.text(file)) === null) return null;
    return { file, folders: ['supabase/migrations'], placeholders: new Map() };
  },
  recognises: ({ folder }) => (/(^|\/)supabase\/migrations$/.test(folder) ? 'marks' : null),
  layout: () =>
    singleFileLayout({
      name: 'supabase',
      bookkeeping: [
        {
          name: 'schema_migrations',
          ddl: `CREATE SCHEMA IF NOT EXISTS supabase_migrations;
CREATE TABLE supabase_migrations.schema_migrations (
  version text NOT NULL PRIMARY KEY,
  statements text[],
  name text
)`,
        },
      ],
      pattern: /^(\d+)_.*\.sql$/,
      compare: compareNumbers,
      read: ({ text }) => [{ kind: 'versioned', up: { text, wrapping: 'unknown' }, down: null }],
      write,
    }),
};

function write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
  return eachAlone(drafts).map(({ title, statements }, index) => ({
    path: join(dirname(instead.path), `${countUp(instead.version, index)}_${title}.sql`),
    text: sqlOf(statements),
  }));
}
