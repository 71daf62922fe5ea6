import type { Wrapping } from '../../model/migration.ts';
import { sqlOf } from './conventions/drafts.ts';
import { pairedFileLayout } from './conventions/paired-files.ts';
import type { Tool } from './tool.ts';

/**
 * sqlx: `VERSION_name.sql`, or `.up.sql` with a `.down.sql` (launchbadge/sqlx, `sqlx-core/src/migrate`). A file is
 * one transaction. A file that begins with `-- no-transaction` is sent as one query without one, or in the parts
 * that `/* sqlx: split *\/` makes of it.
 */
export const sqlx: Tool = {
  name: 'sqlx',
  folders: ['migrations'],
  async configuration(project) {
    for (const file of ['sqlx.toml', 'Cargo.toml']) {
      const text = await project.text(file);
      if (text !== null && (file === 'sqlx.toml' || /^sqlx\b/m.test(text))) {
        return { file, folders: [], placeholders: new Map() };
      }
    }
    return null;
  },
  recognises: ({ texts }) => (texts.some((text) => text.startsWith('-- no-transaction')) ? 'names' : null),
  layout: () =>
    pairedFileLayout({
      name: 'sqlx',
      bookkeeping: [
        {
          name: '_sqlx_migrations',
          ddl: `CREATE TABLE _sqlx_migrations (
  version bigint PRIMARY KEY,
  description text NOT NULL,
  installed_on timestamptz NOT NULL DEFAULT now(),
  success boolean NOT NULL,
  checksum bytea NOT NULL,
  execution_time bigint NOT NULL
)`,
        },
      ],
      up: /^(\d+)_.*\.sql$/,
      down: /^(\d+)_.*\.down\.sql$/,
      wrappingOf,
      write: ({ transaction, statements }) =>
        `${transaction === 'none' ? '-- no-transaction\n' : ''}${sqlOf(statements)}`,
    }),
};

function wrappingOf(text: string): Wrapping {
  if (!text.startsWith('-- no-transaction')) return 'transaction';
  return text.includes('/* sqlx: split */') ? 'statements' : 'one query';
}
