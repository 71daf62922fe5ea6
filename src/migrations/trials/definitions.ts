import { z } from 'zod';
import type { Session } from '../../model/server.ts';

/** A constraint or a unique index as the change makes it. Expressions are as the server prints them. */
export interface Definition {
  readonly schema: string;
  readonly table: string;
  readonly columns: readonly string[];
  /** Keys of an index: quoted column names and expressions. */
  readonly keys: readonly string[];
  /** Condition of a check, or of a partial index. */
  readonly expression: string | null;
  /** Whether NULLs count as equal (NULLS NOT DISTINCT, from 15). */
  readonly nullsEqual: boolean;
  /** Of a foreign key. */
  readonly referenced: {
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly string[];
  } | null;
}

const columnNames = (relation: string, numbers: string) => `
  ARRAY(SELECT a.attname::pg_catalog.text
    FROM pg_catalog.unnest(${numbers}::pg_catalog.int2[]) WITH ORDINALITY AS listed (number, place)
      JOIN pg_catalog.pg_attribute a ON a.attrelid = ${relation} AND a.attnum = listed.number
    ORDER BY listed.place)`;

const constraintQuery = `
  SELECT n.nspname AS schema, c.relname AS table, ${columnNames('k.conrelid', 'k.conkey')} AS columns,
    '{}'::pg_catalog.text[] AS keys, pg_catalog.pg_get_expr(k.conbin, k.conrelid) AS expression,
    false AS "nullsEqual", rn.nspname AS "referencedSchema", r.relname AS "referencedTable",
    ${columnNames('k.confrelid', 'k.confkey')} AS "referencedColumns"
  FROM pg_catalog.pg_constraint k
    JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
    LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND k.conname = $3 AND k.contype IN ('c', 'f')`;

/** Whatever the major version, a row as JSON has the columns that are there. */
const indexQuery = `
  SELECT n.nspname AS schema, c.relname AS table, ${columnNames('c.oid', 'i.indkey')} AS columns,
    ARRAY(SELECT pg_catalog.pg_get_indexdef(i.indexrelid, place, false)
      FROM pg_catalog.generate_series(1, i.indnkeyatts::pg_catalog.int4) AS place) AS keys,
    pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS expression,
    coalesce((pg_catalog.to_jsonb(i) ->> 'indnullsnotdistinct')::pg_catalog.bool, false) AS "nullsEqual",
    NULL AS "referencedSchema", NULL AS "referencedTable", '{}'::pg_catalog.text[] AS "referencedColumns"
  FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relname = $2 AND x.relname = $3 AND i.indisunique`;

const definitionRow = z.object({
  schema: z.string(),
  table: z.string(),
  columns: z.array(z.string()),
  keys: z.array(z.string()),
  expression: z.string().nullable(),
  nullsEqual: z.boolean(),
  referencedSchema: z.string().nullable(),
  referencedTable: z.string().nullable(),
  referencedColumns: z.array(z.string()),
});

/** The check or foreign key, or else the unique index, of that name; null where there is none. */
export async function readDefinition(
  session: Session,
  schema: string,
  table: string,
  name: string,
): Promise<Definition | null> {
  const [constraints, indexes] = await Promise.all([
    session.query(constraintQuery, [schema, table, name]),
    session.query(indexQuery, [schema, table, name]),
  ]);
  const row = constraints[0] ?? indexes[0];
  if (row === undefined) return null;
  const { referencedSchema, referencedTable, referencedColumns, ...definition } = definitionRow.parse(row);
  return {
    ...definition,
    referenced:
      referencedSchema === null || referencedTable === null
        ? null
        : { schema: referencedSchema, table: referencedTable, columns: referencedColumns },
  };
}

/** A column's type, as far as its values decide whether they fit it. */
export interface ColumnType {
  /** As format_type prints it. */
  readonly sql: string;
  /** typname of the type, or of what a domain is made of. */
  readonly name: string;
  readonly modifier: number;
  readonly labels: readonly string[];
  /** Conditions of a domain. */
  readonly checks: readonly string[];
}

const columnTypeQuery = `
  SELECT pg_catalog.format_type(a.atttypid, a.atttypmod) AS sql, coalesce(b.typname, t.typname) AS name,
    CASE WHEN b.oid IS NULL THEN a.atttypmod ELSE t.typtypmod END AS modifier,
    ARRAY(SELECT e.enumlabel::pg_catalog.text FROM pg_catalog.pg_enum e
      WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    ARRAY(SELECT pg_catalog.pg_get_expr(k.conbin, 0) FROM pg_catalog.pg_constraint k
      WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid) AS checks
  FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_type b ON b.oid = t.typbasetype
  WHERE a.attrelid = pg_catalog.to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped`;

const columnTypeRow = z.object({
  sql: z.string(),
  name: z.string(),
  modifier: z.number(),
  labels: z.array(z.string()),
  checks: z.array(z.string()),
});

/** @param table as SQL names it */
export async function readColumnType(
  session: Session,
  table: string,
  column: string,
): Promise<ColumnType | null> {
  const [row] = await session.query(columnTypeQuery, [table, column]);
  return row === undefined ? null : columnTypeRow.parse(row);
}

/** The condition that all rows of a partition meet, or null. */
export async function readPartitionBound(session: Session, table: string): Promise<string | null> {
  const [row] = await session.query(
    'SELECT pg_catalog.pg_get_partition_constraintdef(pg_catalog.to_regclass($1)) AS bound',
    [table],
  );
  return typeof row?.['bound'] === 'string' ? row['bound'] : null;
}
