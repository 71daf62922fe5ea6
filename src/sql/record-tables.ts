/** When a tool writes that a migration was run: after it, or before it (and again after). */
export type Written = 'after' | 'before';

/** Tables that hold a tool's records, by their names in lower case. */
export type RecordTables = ReadonlyMap<string, Written>;

/** Those of known migration tools. */
export const usualRecordTables: RecordTables = new Map([
  ['_prisma_migrations', 'before'],
  ['_sqlx_migrations', 'after'],
  ['__diesel_schema_migrations', 'after'],
  ['__drizzle_migrations', 'after'],
  ['__efmigrationshistory', 'after'],
  ['alembic_version', 'after'],
  ['ar_internal_metadata', 'after'],
  ['atlas_schema_revisions', 'after'],
  ['databasechangelog', 'after'],
  ['databasechangeloglock', 'after'],
  ['django_migrations', 'after'],
  ['doctrine_migration_versions', 'after'],
  ['flyway_schema_history', 'after'],
  ['goose_db_version', 'after'],
  ['knex_migrations', 'after'],
  ['knex_migrations_lock', 'after'],
  ['kysely_migration', 'after'],
  ['kysely_migration_lock', 'after'],
  ['migrations', 'after'],
  ['migrations_lock', 'after'],
  ['mikro_orm_migrations', 'after'],
  ['pgmigrations', 'after'],
  ['phinxlog', 'after'],
  ['refinery_schema_history', 'after'],
  ['schema_migrations', 'after'],
  ['schema_version', 'after'],
  ['sequelizemeta', 'after'],
  ['typeorm_metadata', 'after'],
]);

/** What tables of other tools, and of one's own, are called. */
const recordsLike = /(?:^|_)(?:schema|db)_(?:migrations?|versions?|history)$|_migrations(?:_lock)?$/;

/** Whether a table, by its name without a schema, is taken to hold a migration tool's records. */
export function isRecordTable(name: string): boolean {
  const lower = name.toLowerCase();
  return usualRecordTables.has(lower) || recordsLike.test(lower);
}
