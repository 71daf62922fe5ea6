import { type Catalogue, type Column, qualifiedName, type Table } from '../../model/catalogue.ts';
import type { ExportedColumn, ExportedRelation, ProductionStatistics } from '../../model/production.ts';
import type { Unchecked } from '../../model/review.ts';
import type { ImportedTable } from '../../model/statistics.ts';
import { summarised } from './summarised.ts';
import { isSameType, keepsOrder } from './types.ts';

/** A catalogue without tables: nothing is known of an earlier state. */
export const noCatalogue: Catalogue = { tables: [] };

/**
 * What a statistics file says of each table, by oid. Tables and columns are matched by the names that they had in the
 * earlier state, where it has their oid and number, else by their own.
 *
 * @param earlier a schema state that this one was made from by running statements, which the file's names are of
 */
export function matchTables(
  production: ProductionStatistics,
  catalogue: Catalogue,
  earlier: Catalogue = noCatalogue,
): ReadonlyMap<number, ImportedTable> {
  const relations = new Map(production.relations.map((relation) => [qualifiedName(relation), relation]));
  const before = new Map(earlier.tables.map((table) => [table.oid, table]));
  return new Map(
    catalogue.tables.flatMap((table) => {
      const origin = before.get(table.oid);
      const found = relations.get(qualifiedName(origin ?? table));
      if (found === undefined) return [];
      const relation = withIndexes(found, origin ?? table, relations);
      const exported = new Map(relation.columns.map((column) => [column.name, column]));
      const columns = table.columns.flatMap((column): readonly (readonly [number, ExportedColumn])[] => {
        const known = exported.get(nameBefore(column, origin));
        if (known === undefined) return [];
        return [[column.number, keepsOrder(known.type, column.type) ? known : withoutOrder(known)]];
      });
      const imported: ImportedTable = {
        relation,
        columns: new Map(columns),
        declared: new Set(),
        indexes: indexesKnownBefore(table, origin, relation),
        extended: production.extended.filter((each) => qualifiedName(each.table) === qualifiedName(relation)),
        takenAt: Date.parse(production.takenAt),
        redacted: production.redacted,
      };
      return [[table.oid, imported] as const];
    }),
  );
}

/** What pg_dump writes does not tell which table an index is on, nor that it is one. */
function withIndexes(
  relation: ExportedRelation,
  { schema, indexes }: Table,
  relations: ReadonlyMap<string, ExportedRelation>,
): ExportedRelation {
  if (relation.kind !== 'unknown') return relation;
  const named = indexes.flatMap(({ name }) => relations.get(qualifiedName({ schema, name }))?.indexes ?? []);
  return { ...relation, indexes: named };
}

/** A column that is new in the table must not take the facts of one that had its name. */
function nameBefore(column: Column, origin: Table | undefined): string {
  if (origin === undefined) return column.name;
  return origin.columns.find(({ number }) => number === column.number)?.name ?? '';
}

function indexesKnownBefore(
  table: Table,
  origin: Table | undefined,
  { indexes }: ExportedRelation,
): ImportedTable['indexes'] {
  const exported = new Map(indexes.map((index) => [index.name, index]));
  const names = new Map((origin?.indexes ?? []).map(({ oid, name }) => [oid, name]));
  return new Map(
    table.indexes.flatMap(({ oid }) => {
      const found = exported.get(names.get(oid) ?? '');
      return found === undefined ? [] : [[oid, found] as const];
    }),
  );
}

/** Values may fit another type; their order there is another. */
function withoutOrder(column: ExportedColumn): ExportedColumn {
  const { statistics, inherited } = column;
  return {
    ...column,
    statistics: statistics && { ...statistics, histogram: null, correlation: null },
    inherited: inherited && { ...inherited, histogram: null, correlation: null },
  };
}

/** What of a statistics file the base schema does not have: the file is older or newer, or of another database. */
export function unmatchedStatistics(production: ProductionStatistics, base: Catalogue): readonly Unchecked[] {
  const tables = new Map(base.tables.map((table) => [qualifiedName(table), table]));
  const indexes = new Set(
    base.tables.flatMap((table) =>
      table.indexes.map(({ name }) => qualifiedName({ schema: table.schema, name })),
    ),
  );
  const found: Unchecked[] = [];
  for (const relation of production.relations) {
    const subject = `${qualifiedName(relation)} in the statistics file`;
    const table = tables.get(qualifiedName(relation));
    if (table === undefined) {
      if (relation.kind === 'unknown' && indexes.has(qualifiedName(relation))) continue;
      const what = relation.kind === 'unknown' ? 'table or index' : 'table';
      found.push({ subject, reason: `the base schema has no such ${what}` });
      continue;
    }
    if (relation.kind !== 'unknown' && table.kind !== relation.kind) {
      found.push({
        subject,
        reason: `it is a ${relation.kind} there, and a ${table.kind} in the base schema`,
      });
    }
    const columns = new Map(table.columns.map((column) => [column.name, column]));
    for (const { name, type } of relation.columns) {
      const column = columns.get(name);
      const subjectOfColumn = `${qualifiedName(relation)}.${name} in the statistics file`;
      if (column === undefined) {
        found.push({ subject: subjectOfColumn, reason: 'the base schema has no such column' });
      } else if (!isSameType(type, column.type)) {
        found.push({
          subject: subjectOfColumn,
          reason: `its type is ${type} there, and ${column.type} in the base schema`,
        });
      }
    }
  }
  return summarised([...found, ...production.leftOut.map(leftOut)]);
}

function leftOut({ subject, reason }: Unchecked): Unchecked {
  return { subject: `${subject} in the statistics file`, reason };
}
