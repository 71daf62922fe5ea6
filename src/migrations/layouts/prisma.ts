import { basename, dirname, join } from 'node:path/posix';
import type { Layout, SourceFile } from '../../model/change.ts';
import type { Draft, Migration } from '../../model/migration.ts';
import { eachAlone, numberOf, sqlOf } from './conventions/drafts.ts';
import { compareText, inVersionOrder } from './conventions/versions.ts';
import type { Tool } from './tool.ts';

/**
 * Prisma Migrate: `NAME/migration.sql`, in the order of the names. A file is sent as one query, in no transaction
 * of its own (prisma/prisma-engines, `schema-engine/connectors/sql-schema-connector`).
 */
export const prisma: Tool = {
  name: 'prisma',
  folders: ['prisma/migrations', 'prisma/schema/migrations'],
  async configuration(project) {
    const found = await project.firstOf(['prisma/schema.prisma', 'prisma/schema/schema.prisma']);
    if (found === null) return null;
    const folder = join(dirname(found.file), 'migrations');
    return (await project.hasFolder(folder))
      ? { file: found.file, folders: [folder], placeholders: new Map() }
      : null;
  },
  recognises: ({ files }) => (files.includes('migration_lock.toml') ? 'marks' : null),
  layout: () => layout,
};

const layout: Layout = {
  name: 'prisma',
  isOrderedByVersion: true,
  bookkeeping: [
    {
      name: '_prisma_migrations',
      ddl: `CREATE TABLE _prisma_migrations (
  id varchar(36) PRIMARY KEY NOT NULL,
  checksum varchar(64) NOT NULL,
  finished_at timestamptz,
  migration_name varchar(255) NOT NULL,
  logs text,
  rolled_back_at timestamptz,
  started_at timestamptz NOT NULL DEFAULT now(),
  applied_steps_count integer NOT NULL DEFAULT 0
)`,
    },
  ],
  isMigration: (path) => /^[^/]+\/(?:migration|down)\.sql$/.test(path),

  order(files) {
    const byPath = new Map(files.map((file) => [file.path, file]));
    const migrations = files
      .filter(({ path }) => basename(path) === 'migration.sql')
      .map((file): Migration => {
        const folder = dirname(file.path);
        // Written by `prisma migrate diff`, and run by `prisma db execute`.
        const down = byPath.get(join(folder, 'down.sql'));
        return {
          ...file,
          wrapping: 'one query',
          version: basename(folder),
          kind: 'versioned',
          down: down === undefined ? null : { ...down, wrapping: 'one query' },
        };
      });
    return inVersionOrder(migrations, compareText);
  },

  write(drafts: readonly Draft[], instead: Migration): readonly SourceFile[] {
    const [stamp = ''] = instead.version.split('_');
    const pieces = eachAlone(drafts);
    return pieces.map(({ title, statements }, index) => ({
      path: join(
        dirname(dirname(instead.path)),
        `${stamp}_${numberOf(index, pieces.length)}_${title}`,
        'migration.sql',
      ),
      text: sqlOf(statements),
    }));
  },
};
