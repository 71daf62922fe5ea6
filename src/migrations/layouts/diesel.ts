import { basename, dirname, join } from 'node:path/posix';
import type { Layout, SourceFile } from '../../model/change.ts';
import type { Draft, Migration, Script } from '../../model/migration.ts';
import { eachAlone, numberOf, sqlOf } from './conventions/drafts.ts';
import { compareText, inVersionOrder } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/**
 * Diesel: `VERSION_name/up.sql` and `down.sql` (diesel-rs/diesel, `diesel_migrations/src/file_based_migrations.rs`).
 * A directory is one transaction, unless its `metadata.toml` says `run_in_transaction = false`; then a file is sent
 * as one query.
 */
export const diesel: Tool = {
  name: 'diesel',
  folders: ['migrations'],
  async configuration(project) {
    const file = 'diesel.toml';
    const text = await project.text(file);
    if (text === null) return null;
    const folder = /^\s*dir\s*=\s*"([^"]+)"/m.exec(text)?.[1];
    // diesel setup writes the whole path of the machine it runs on.
    const folders = folder === undefined || folder.startsWith('/') ? [] : [join(folder)];
    return { file, folders, placeholders: new Map() };
  },
  recognises: ({ files }) => (files.some((file) => /^[^/]+\/up\.sql$/.test(file)) ? 'marks' : null),
  layout: () => layout,
};

const layout: Layout = {
  name: 'diesel',
  isOrderedByVersion: true,
  bookkeeping: [
    {
      name: '__diesel_schema_migrations',
      ddl: `CREATE TABLE __diesel_schema_migrations (
  version varchar(50) PRIMARY KEY NOT NULL,
  run_on timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP
)`,
    },
  ],
  isMigration: (path) => /^[^/]+\/(?:up\.sql|down\.sql|metadata\.toml)$/.test(path),

  order(files) {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const migrations = files
      .filter(({ path }) => basename(path) === 'up.sql')
      .map((file): Migration => {
        const folder = dirname(file.path);
        const metadata = byPath.get(join(folder, 'metadata.toml'));
        const down = byPath.get(join(folder, 'down.sql'));
        return {
          ...toScript(file, metadata),
          version: versionOf(folder),
          kind: 'versioned',
          down: down === undefined ? null : toScript(down, metadata),
        };
      });
    return inVersionOrder(migrations, compareText);
  },

  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
    const folder = dirname(instead.path);
    const [written = ''] = basename(folder).split('_');
    const pieces = eachAlone(drafts);
    return pieces.flatMap(({ title, transaction, statements }, index): readonly SourceFile[] => {
      const version = `${written}-${numberOf(index, pieces.length)}`;
      const path = join(dirname(folder), `${version}_${title}`);
      const up = { path: join(path, 'up.sql'), text: sqlOf(statements) };
      if (transaction === 'one') return [up];
      return [up, { path: join(path, 'metadata.toml'), text: 'run_in_transaction = false\n' }];
    });
  },
};

/** What stands before the underscore, without hyphens. */
function versionOf(folder: string): string {
  return (basename(folder).split('_')[0] ?? '').replaceAll('-', '');
}

function toScript(file: SourceFile, metadata: SourceFile | undefined): Script {
  const alone = /^\s*run_in_transaction\s*=\s*false\b/m.test(metadata?.text ?? '');
  return { ...file, wrapping: alone ? 'one query' : 'transaction' };
}
