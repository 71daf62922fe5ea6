import type { Node } from '../../sql/grammar.ts';
import { isCatalogue, type Mentions, mentionsOf, type NamedRelation } from '../../sql/mentions.ts';
import type { SentStatement } from './transactions.ts';

/** When a tool writes that a migration was run: after it, or before it (and again after). */
type Written = 'after' | 'before';

/** Tables that hold a tool's records, by their names in lower case. */
export type RecordTables = ReadonlyMap<string, Written>;

const usualTables: RecordTables = new Map([
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

/** Schemas that tools make for such tables. */
const schemas: ReadonlySet<string> = new Set(['drizzle', 'graphile_migrate', 'atlas_schema_revisions']);

/**
 * What a statement is for the tool that sent it: `record`, it notes that a migration was or (`before`) will be run,
 * and names it by one of its constants; `upkeep`, it only reads, makes or locks the tool's own tables; null, it is
 * none of the tool's business.
 */
export type Bookkeeping =
  | { readonly kind: 'record'; readonly written: Written; readonly names: readonly string[] }
  | { readonly kind: 'upkeep' }
  | null;

/**
 * The tables in which a tool records what was run: those of known tools, and any into which the name of one of the
 * change's files is written.
 *
 * @param namesFile whether a constant can only be the name of a file
 */
export function recordTables(
  statements: readonly SentStatement[],
  namesFile: (constant: string) => boolean,
): RecordTables {
  const found = statements.flatMap(({ node }): readonly (readonly [string, Written])[] => {
    const mentions = node === null ? null : mentionsOf(node);
    const written = mentions === null ? null : target(node, mentions);
    const isRecord = written !== null && mentions?.constants.some(namesFile);
    return isRecord ? [[written.name.toLowerCase(), 'after']] : [];
  });
  return new Map([...found, ...usualTables]);
}

export function bookkeepingOf({ node }: SentStatement, tables: RecordTables): Bookkeeping {
  if (node === null) return null;
  if ('CreateSchemaStmt' in node) return schemas.has(node.CreateSchemaStmt.schemaname ?? '') ? upkeep : null;
  const mentions = mentionsOf(node);
  const written = target(node, mentions);
  if (written === null) {
    const others = mentions.relations.filter((relation) => !isCatalogue(relation));
    return others.length > 0 && others.every(({ name }) => tables.has(name.toLowerCase())) ? upkeep : null;
  }
  const when = tables.get(written.name.toLowerCase());
  if (when === undefined) return null;
  const isBefore = when === 'before' && 'InsertStmt' in node;
  return { kind: 'record', written: isBefore ? 'before' : 'after', names: mentions.constants };
}

const upkeep: Bookkeeping = { kind: 'upkeep' };

/** The table whose rows a statement writes. */
function target(node: Node | null, { relations }: Mentions): NamedRelation | null {
  const writes = node !== null && ('InsertStmt' in node || 'UpdateStmt' in node || 'DeleteStmt' in node);
  return writes ? (relations[0] ?? null) : null;
}
