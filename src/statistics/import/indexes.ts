import { escapeIdentifier } from 'pg';
import { type Catalogue, type Index, qualifiedName, type Table } from '../../model/catalogue.ts';
import type { ExportedIndex } from '../../model/production.ts';
import type { Unchecked } from '../../model/review.ts';
import { type Session, StatementFailed } from '../../model/server.ts';
import type { ImportedTable, Sizes } from '../../model/statistics.ts';

/**
 * What a statistics file says of indexes, by oid: those that were there before under their name then, others that are
 * defined as one of the file, since another name makes no other index.
 *
 * @param session in a database of that catalogue, with PostgreSQL's own names only, so that all others are qualified
 * as they are in the file
 */
export async function matchIndexes(
  session: Session,
  catalogue: Catalogue,
  sizes: Sizes,
): Promise<ReadonlyMap<number, ExportedIndex>> {
  const tables = catalogue.tables.flatMap((table) => {
    const imported = sizes.get(table.oid)?.imported ?? null;
    return imported === null ? [] : [{ table, imported }];
  });
  if (tables.length === 0) return new Map();
  const definitions = await readDefinitions(
    session,
    tables.flatMap(({ table }) => table.indexes),
  );
  return new Map(tables.flatMap(({ table, imported }) => matchesOf(table, imported, definitions)));
}

function matchesOf(
  table: Table,
  imported: ImportedTable,
  definitions: ReadonlyMap<number, string>,
): readonly (readonly [number, ExportedIndex])[] {
  const rest = imported.relation.indexes.filter((index) => ![...imported.indexes.values()].includes(index));
  return table.indexes.flatMap((index) => {
    const known = imported.indexes.get(index.oid);
    if (known !== undefined) return [[index.oid, known] as const];
    const definition = definitions.get(index.oid) ?? '';
    const alike = rest.filter((each) => contentOf(each.definition) === contentOf(definition));
    const found =
      alike.find(({ name }) => name === index.name) ??
      alike[0] ??
      // What pg_dump writes has no definitions.
      rest.find((each) => each.definition === '' && each.name === index.name);
    return found === undefined ? [] : [[index.oid, found] as const];
  });
}

/** What an index holds, without its name and its table's. */
function contentOf(definition: string): string {
  return definition.slice(definition.indexOf(' USING '));
}

async function readDefinitions(
  session: Session,
  indexes: readonly Index[],
): Promise<ReadonlyMap<number, string>> {
  const rows = await session.query(
    'SELECT oid, pg_get_indexdef(oid) AS definition FROM unnest($1::oid[]) AS oid',
    [indexes.map(({ oid }) => oid)],
  );
  return new Map(rows.map((row) => [Number(row['oid']), String(row['definition'])]));
}

/** Oids of the types of an index's expressions, by position; what PostgreSQL says where it cannot tell. */
export async function expressionTypes(
  owner: Session,
  table: Table,
  index: Index,
): Promise<{ readonly types: ReadonlyMap<number, number>; readonly unchecked: readonly Unchecked[] }> {
  const types = new Map<number, number>();
  const unchecked: Unchecked[] = [];
  const name = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
  for (const [at, { expression }] of index.keys.entries()) {
    if (expression === null) continue;
    try {
      const [row] = await owner.query(
        `SELECT pg_typeof((SELECT ${expression} FROM ONLY ${name} LIMIT 0))::oid AS type`,
      );
      types.set(at + 1, Number(row?.['type']));
    } catch (error) {
      if (!(error instanceof StatementFailed)) throw error;
      unchecked.push({
        subject: `statistics of key ${at + 1} of the index ${index.name} on ${qualifiedName(table)}`,
        reason: error.message,
      });
    }
  }
  return { types, unchecked };
}
