import { escapeIdentifier } from 'pg';
import type { Row, Session } from '../../model/server.ts';

/** A table that holds rows, by way of which those of its partitions are read. */
export interface RowTable {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
}

// Names and operators are qualified: `search_path` is the migration's.
const equal = 'OPERATOR(pg_catalog.=)';
const plus = 'OPERATOR(pg_catalog.+)';

const writtenQuery = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name,
    pg_catalog.sum(s.n_tup_ins ${plus} s.n_tup_upd)::pg_catalog.float8 AS rows
  FROM pg_catalog.pg_stat_xact_user_tables s
    JOIN pg_catalog.pg_class c
      ON c.oid ${equal} coalesce(pg_catalog.pg_partition_root(s.relid)::pg_catalog.oid, s.relid)
    JOIN pg_catalog.pg_namespace n ON n.oid ${equal} c.relnamespace
  GROUP BY 1, 2, 3
  ORDER BY 1`;

/** How many rows the session has inserted and updated, by table. Only the difference of two readings means anything. */
export async function rowsWritten(
  session: Session,
): Promise<ReadonlyMap<number, RowTable & { rows: number }>> {
  const rows = await session.query(writtenQuery);
  return new Map(
    rows.map((row) => [
      Number(row['oid']),
      {
        oid: Number(row['oid']),
        schema: String(row['schema']),
        name: String(row['name']),
        rows: Number(row['rows']),
      },
    ]),
  );
}

/** A hash of each row of a table, with how many rows have it. */
export async function rowHashes(session: Session, table: RowTable): Promise<ReadonlyMap<string, number>> {
  const name = `${escapeIdentifier(table.schema)}.${escapeIdentifier(table.name)}`;
  const rows = await session.query(
    `SELECT pg_catalog.md5(t::pg_catalog.text) AS hash, pg_catalog.count(*)::pg_catalog.float8 AS rows
     FROM ${name} AS t GROUP BY 1`,
  );
  return new Map(rows.map((row: Row) => [String(row['hash']), Number(row['rows'])]));
}

/** How many rows there are in `after` that were not in `before`. */
export function rowsAdded(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): number {
  return [...after].reduce((sum, [hash, rows]) => sum + Math.max(0, rows - (before.get(hash) ?? 0)), 0);
}

export function rowCount(hashes: ReadonlyMap<string, number>): number {
  return [...hashes.values()].reduce((sum, rows) => sum + rows, 0);
}
