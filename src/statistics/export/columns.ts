import { z } from 'zod';
import type { ExportedColumn } from '../../model/production.ts';
import { type FoundStatistics, findStatistics, type Reading } from './column-statistics.ts';
import type { Listed } from './relations.ts';
import type { Snapshot } from './snapshot.ts';

const columnsQuery = `
  SELECT a.attrelid AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
    t.typdelim::text AS delimiter, has_column_privilege(a.attrelid, a.attnum, 'SELECT') AS readable
  FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
  WHERE a.attrelid = ANY ($1::oid[]) AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

const columnRow = z.object({
  table: z.number(),
  name: z.string(),
  type: z.string(),
  delimiter: z.string(),
  /** Null where the table is gone by now. */
  readable: z.boolean().nullable(),
});

/** Columns of a table, and whether the role may read all of them. */
export interface Columns {
  readonly columns: readonly ExportedColumn[];
  readonly readable: boolean;
}

/** Columns of tables with their statistics, by the table's oid. */
export async function readColumns(
  snapshot: Snapshot,
  reading: Reading,
  tables: readonly Listed[],
): Promise<ReadonlyMap<number, Columns>> {
  const rows = await snapshot.query(columnsQuery, columnRow, [tables.map(({ oid }) => oid)]);
  const found = byRelation(await findStatistics(snapshot, reading, tables));
  const columns = Map.groupBy(rows, ({ table }) => table);
  return new Map(
    tables.map((table) => {
      const own = columns.get(table.oid) ?? [];
      const statistics = found(table);
      return [
        table.oid,
        {
          columns: own.map(({ name, type, delimiter }) => ({
            name,
            type: withoutPublic(type),
            statistics: statistics(name, false)?.read(delimiter) ?? null,
            inherited: statistics(name, true)?.read(delimiter) ?? null,
          })),
          readable: own.every(({ readable }) => readable !== false),
        },
      ];
    }),
  );
}

/** The name of a type as format_type prints it with the usual search_path, which the snapshot has not. */
function withoutPublic(type: string): string {
  return type.replace(/^public\./, '');
}

type OfColumn = (column: string, inherited: boolean) => FoundStatistics | undefined;

/** Looks statistics up by relation, column, and whether they are of its children too. */
export function byRelation(
  found: readonly FoundStatistics[],
): (relation: { readonly schema: string; readonly name: string }) => OfColumn {
  const key = (...parts: readonly unknown[]) => JSON.stringify(parts);
  const all = new Map(found.map((each) => [key(each.schema, each.table, each.column, each.inherited), each]));
  return ({ schema, name }) =>
    (column, inherited) =>
      all.get(key(schema, name, column, inherited));
}
