import type { Node } from '../../sql/grammar.ts';
import { isCatalogue, type Mentions, mentionsOf, type NamedRelation } from '../../sql/mentions.ts';
import { type RecordTables, usualRecordTables, type Written } from '../../sql/record-tables.ts';
import type { SentStatement } from './transactions.ts';

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
  return new Map([...found, ...usualRecordTables]);
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
