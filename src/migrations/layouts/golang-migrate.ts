import { sqlOf } from './conventions/drafts.ts';
import { pairedFileLayout } from './conventions/paired-files.ts';
import type { Tool } from './tool.ts';

/**
 * golang-migrate: `VERSION_name.up.sql` and `.down.sql` (golang-migrate/migrate, `source/parse.go`). Its PostgreSQL
 * drivers send a file as one query, in no transaction of their own (`database/postgres/postgres.go`).
 */
export const golangMigrate: Tool = {
  name: 'golang-migrate',
  folders: ['migrations', 'db/migrations', 'db/migration', 'database/migrations', 'internal/db/migrations'],
  async configuration(project) {
    const text = await project.text('go.mod');
    if (text === null || !/github\.com\/golang-migrate\/migrate\b/.test(text)) return null;
    return { file: 'go.mod', folders: [], placeholders: new Map() };
  },
  recognises: ({ files }) => (files.some((file) => /^\d+_[^/]*\.up\.sql$/.test(file)) ? 'names' : null),
  layout: () =>
    pairedFileLayout({
      name: 'golang-migrate',
      bookkeeping: [
        {
          name: 'schema_migrations',
          ddl: 'CREATE TABLE schema_migrations (version bigint NOT NULL PRIMARY KEY, dirty boolean NOT NULL)',
        },
      ],
      up: /^(\d+)_.*\.up\.sql$/,
      down: /^(\d+)_.*\.down\.sql$/,
      wrappingOf: () => 'one query',
      write: ({ statements }) => sqlOf(statements),
    }),
};
