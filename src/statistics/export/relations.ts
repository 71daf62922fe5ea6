import { z } from 'zod';
import type { ExportedRelation } from '../../model/production.ts';
import type { Snapshot } from './snapshot.ts';

// PostgreSQL documentation, "System Catalogs" and "The Cumulative Statistics System". `search_path` is pg_catalog.

/** A table that may be read. */
export interface Listed {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** How many there are; dropped ones count. */
  readonly columns: number;
  /** Whether its rows are on another server, with their statistics. */
  readonly foreign: boolean;
}

const listQuery = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relnatts::int AS columns, c.relkind = 'f' AS foreign
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_catalog', 'pg_toast', 'information_schema')
  ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C"`;

const listedRow = z.object({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  columns: z.number(),
  foreign: z.boolean(),
});

/** All tables of the database's users, by schema and name. */
export async function listTables(snapshot: Snapshot): Promise<readonly Listed[]> {
  return snapshot.query(listQuery, listedRow);
}

/**
 * Sizes are those of the files, since the planner looks there; a file that is gone by now has none. Pages are of 8 kB
 * whatever the server was built with.
 */
const relationsQuery = `
  SELECT c.oid, c.relkind::text AS kind, c.reltuples::float8 AS rows,
    ceil(coalesce(pg_relation_size(c.oid), c.relpages * b.bytes) / 8192.0)::float8 AS pages,
    c.relallvisible::float8 * b.bytes / 8192 AS "allVisible",
    ceil(pg_relation_size(nullif(c.reltoastrelid, 0)) / 8192.0)::float8 AS "toastPages",
    p.nspname AS "parentSchema", p.relname AS "parentName", row_security_active(c.oid) AS "rowSecurity",
    s.seq_scan::float8 AS "sequentialScans", coalesce(s.idx_scan, 0)::float8 AS "indexScans",
    s.n_tup_ins::float8 AS inserted, s.n_tup_upd::float8 AS updated, s.n_tup_hot_upd::float8 AS "hotUpdated",
    s.n_tup_del::float8 AS deleted, s.n_dead_tup::float8 AS "deadRows",
    to_char(greatest(s.last_vacuum, s.last_autovacuum), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "lastVacuum",
    to_char(greatest(s.last_analyze, s.last_autoanalyze), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "lastAnalyze"
  FROM pg_class c
    CROSS JOIN (SELECT current_setting('block_size')::bigint AS bytes) b
    LEFT JOIN LATERAL (
      SELECT n.nspname, r.relname
      FROM pg_inherits h JOIN pg_class r ON r.oid = h.inhparent JOIN pg_namespace n ON n.oid = r.relnamespace
      WHERE h.inhrelid = c.oid ORDER BY h.inhseqno LIMIT 1
    ) p ON true
    LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid AND s.relid = ANY ($1::oid[])
  WHERE c.oid = ANY ($1::oid[])`;

const activityShape = {
  sequentialScans: z.number(),
  indexScans: z.number(),
  inserted: z.number(),
  updated: z.number(),
  hotUpdated: z.number(),
  deleted: z.number(),
  deadRows: z.number(),
  lastVacuum: z.string().nullable(),
  lastAnalyze: z.string().nullable(),
};

const relationRow = z.object({
  oid: z.number(),
  kind: z.enum(['r', 'p', 'm']),
  rows: z.number(),
  pages: z.number(),
  allVisible: z.number(),
  toastPages: z.number().nullable(),
  parentSchema: z.string().nullable(),
  parentName: z.string().nullable(),
  rowSecurity: z.boolean(),
  sequentialScans: z.number().nullable(),
});

/** Views of statistics show no partitioned tables: those have no rows of their own. */
const activityRow = z.union([
  z.object(activityShape),
  z.object({ sequentialScans: z.null() }).transform(() => null),
]);

const kinds = { r: 'table', p: 'partitioned table', m: 'materialised view' } as const;

/** Sizes of a table, and what it went through. */
export interface Sizes extends Omit<ExportedRelation, 'schema' | 'name' | 'columns' | 'indexes'> {
  /** Whether policies keep rows from the role, so that it is shown no statistics either. */
  readonly rowSecurity: boolean;
}

/** By oid; tables that are gone by now are missing. */
export async function readSizes(
  snapshot: Snapshot,
  tables: readonly Listed[],
): Promise<ReadonlyMap<number, Sizes>> {
  const row = relationRow.loose().transform((each) => ({ ...each, activity: activityRow.parse(each) }));
  const rows = await snapshot.query(relationsQuery, row, [tables.map(({ oid }) => oid)]);
  return new Map(
    rows.map(({ oid, kind, parentSchema, parentName, ...sizes }) => [
      oid,
      {
        kind: kinds[kind],
        parent:
          parentSchema === null || parentName === null ? null : { schema: parentSchema, name: parentName },
        rows: sizes.rows,
        pages: sizes.pages,
        allVisible: sizes.allVisible,
        toastPages: sizes.toastPages,
        activity: sizes.activity,
        rowSecurity: sizes.rowSecurity,
      },
    ]),
  );
}
