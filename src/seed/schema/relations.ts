import { z } from 'zod';
import type { Row, Session } from '../../model/server.ts';
import { readTypes, type TypeOf } from './types.ts';

// PostgreSQL documentation, "System Catalogs". These run with `search_path` set to pg_catalog alone, so that all
// that the server prints is qualified. 16384 is the first oid that belongs to users (FirstNormalObjectId). Tables
// of extensions are theirs to fill.

const tablesQuery = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
    c.relforcerowsecurity AS "forcesRowSecurity", pg_partition_root(c.oid)::oid AS root,
    pg_get_partition_constraintdef(c.oid) AS bound
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND n.nspname NOT IN ('pg_toast', 'information_schema')
    AND NOT EXISTS (SELECT FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
  ORDER BY c.oid`;

const columnsQuery = `
  SELECT a.attrelid AS table, a.attname AS name, a.attnum AS number, a.atttypid AS type,
    a.atttypmod AS modifier, a.attnotnull AS "notNull", pg_get_expr(d.adbin, d.adrelid) AS default,
    a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%' AS numbered,
    a.attgenerated <> '' AS generated
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p')
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

/** Checks of all tables; foreign keys of those that got them from no other. */
const constraintsQuery = `
  SELECT k.conrelid AS table, k.contype::text AS kind, k.conkey AS columns, k.confrelid AS references,
    coalesce(k.confkey, '{}') AS "referencedColumns", pg_get_expr(k.conbin, k.conrelid) AS expression
  FROM pg_constraint k
  WHERE k.conrelid >= 16384 AND (k.contype = 'c' OR k.contype = 'f' AND k.conparentid = 0)
  ORDER BY k.oid`;

/** Columns of unique indexes, those within expressions and conditions included; primary keys first. */
const uniqueQuery = `
  SELECT i.indrelid AS table, ARRAY(
      SELECT key FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k (key, place)
      WHERE key > 0 AND place <= i.indnkeyatts
      UNION SELECT d.refobjsubid FROM pg_depend d
      WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjid = i.indrelid AND d.refobjsubid > 0
    )::int4[] AS columns
  FROM pg_index i
  WHERE i.indexrelid >= 16384 AND i.indisunique
  ORDER BY NOT i.indisprimary, i.indexrelid`;

const tableRow = z.object({
  oid: z.number(),
  schema: z.string(),
  name: z.string(),
  kind: z.enum(['r', 'p']),
  forcesRowSecurity: z.boolean(),
  root: z.number().nullable(),
  bound: z.string().nullable(),
});

const columnRow = z.object({
  table: z.number(),
  name: z.string(),
  number: z.number(),
  type: z.number(),
  modifier: z.number(),
  notNull: z.boolean(),
  default: z.string().nullable(),
  numbered: z.boolean(),
  generated: z.boolean(),
});

const constraintRow = z.object({
  table: z.number(),
  kind: z.enum(['c', 'f']),
  columns: z.array(z.number()).nullable(),
  references: z.number(),
  referencedColumns: z.array(z.number()),
  expression: z.string().nullable(),
});

const uniqueRow = z.object({ table: z.number(), columns: z.array(z.number()) });

type TableRow = z.output<typeof tableRow>;
type ColumnRow = z.output<typeof columnRow>;
type ConstraintRow = z.output<typeof constraintRow>;

function parseAll<T>(row: z.ZodType<T>): (rows: readonly Row[]) => readonly T[] {
  return (rows) => rows.map((each) => row.parse(each));
}

/** A table or partition, with what the catalogue says of it. */
export interface Relation {
  readonly row: TableRow;
  readonly columns: readonly ColumnRow[];
  readonly constraints: readonly ConstraintRow[];
  readonly unique: readonly z.output<typeof uniqueRow>[];
}

/** Reads all tables and types, in one round trip. The session must not be in a transaction. */
export async function readRelations(
  session: Session,
): Promise<{ readonly relations: readonly Relation[]; readonly typeOf: TypeOf }> {
  const path = session.query('SET search_path = pg_catalog');
  const read = Promise.all([
    readTypes(session),
    session.query(tablesQuery).then(parseAll(tableRow)),
    session.query(columnsQuery).then(parseAll(columnRow)),
    session.query(constraintsQuery).then(parseAll(constraintRow)),
    session.query(uniqueQuery).then(parseAll(uniqueRow)),
  ]);
  const [, [typeOf, tables, columns, constraints, indexes]] = await Promise.all([
    path,
    read,
    session.query('RESET search_path'),
  ]);
  const columnsOf = Map.groupBy(columns, ({ table }) => table);
  const constraintsOf = Map.groupBy(constraints, ({ table }) => table);
  const indexesOf = Map.groupBy(indexes, ({ table }) => table);
  const relations = tables.map(
    (row): Relation => ({
      row,
      columns: columnsOf.get(row.oid) ?? [],
      constraints: constraintsOf.get(row.oid) ?? [],
      unique: indexesOf.get(row.oid) ?? [],
    }),
  );
  return { relations, typeOf };
}
