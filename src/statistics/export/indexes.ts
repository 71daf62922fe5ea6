import { z } from 'zod';
import type { ExportedIndex } from '../../model/production.ts';
import { findStatistics, type Reading } from './column-statistics.ts';
import { byRelation } from './columns.ts';
import type { Listed } from './relations.ts';
import type { Snapshot } from './snapshot.ts';

/** An index lies in the schema of its table. Its definition is null where it is gone by now. */
const indexesQuery = `
  SELECT i.indrelid AS table, i.indexrelid AS oid, c.relname AS name, n.nspname AS schema,
    pg_get_indexdef(i.indexrelid) AS definition, c.reltuples::float8 AS rows,
    ceil(coalesce(pg_relation_size(c.oid), c.relpages * b.bytes) / 8192.0)::float8 AS pages,
    s.idx_scan::float8 AS scans, has_table_privilege(i.indexrelid, 'SELECT') AS readable
  FROM pg_index i
    JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace
    CROSS JOIN (SELECT current_setting('block_size')::bigint AS bytes) b
    LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = i.indexrelid AND s.relid = ANY ($1::oid[])
  WHERE i.indrelid = ANY ($1::oid[])
  ORDER BY i.indrelid, c.relname COLLATE "C"`;

const indexRow = z.object({
  table: z.number(),
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  definition: z.string().nullable(),
  rows: z.number(),
  pages: z.number(),
  scans: z.number().nullable(),
  readable: z.boolean().nullable(),
});

/** Keys that are expressions; they are the columns of the index of which indkey is 0. */
const expressionsQuery = `
  SELECT i.indexrelid AS index, a.attname AS name, a.attnum::int AS position, t.typdelim::text AS delimiter
  FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indexrelid
    JOIN pg_type t ON t.oid = a.atttypid
  WHERE i.indrelid = ANY ($1::oid[]) AND i.indexprs IS NOT NULL AND a.attnum <= i.indnkeyatts
    AND i.indkey[a.attnum - 1] = 0
  ORDER BY i.indexrelid, a.attnum`;

const expressionRow = z.object({
  index: z.number(),
  name: z.string(),
  position: z.number(),
  delimiter: z.string(),
});

/** Indexes of a table, and whether the role may read the statistics of all their expressions. */
export interface Indexes {
  readonly indexes: readonly ExportedIndex[];
  readonly readable: boolean;
}

/** Indexes of tables with the statistics of their expressions, by the table's oid. */
export async function readIndexes(
  snapshot: Snapshot,
  reading: Reading,
  tables: readonly Listed[],
): Promise<ReadonlyMap<number, Indexes>> {
  const oids = tables.map(({ oid }) => oid);
  const rows = await snapshot.query(indexesQuery, indexRow, [oids]);
  const keys = Map.groupBy(
    await snapshot.query(expressionsQuery, expressionRow, [oids]),
    ({ index }) => index,
  );
  const found = byRelation(
    await findStatistics(
      snapshot,
      reading,
      rows.filter(({ oid }) => keys.has(oid)),
    ),
  );
  const toIndex = (row: z.infer<typeof indexRow>): readonly ExportedIndex[] => {
    const { oid, name, definition, rows: tuples, pages, scans } = row;
    if (definition === null) return [];
    const expressions = (keys.get(oid) ?? []).flatMap(({ name: column, position, delimiter }) => {
      const statistics = found(row)(column, false)?.read(delimiter);
      return statistics === undefined ? [] : [{ position, statistics }];
    });
    return [{ name, definition, rows: tuples, pages, expressions, scans }];
  };
  return new Map(
    [...Map.groupBy(rows, ({ table }) => table)].map(([table, own]) => [
      table,
      {
        indexes: own.flatMap(toIndex),
        readable: own.every(({ oid, readable }) => readable !== false || !keys.has(oid)),
      },
    ]),
  );
}
