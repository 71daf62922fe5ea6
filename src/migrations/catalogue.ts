import { z } from 'zod';
import type { Catalogue, Column, ForeignKey, Index, Table } from '../model/catalogue.ts';
import { qualifiedName } from '../model/catalogue.ts';
import type { Row, Session } from '../model/server.ts';

// PostgreSQL documentation, "System Catalogs". Every name is qualified, since `search_path` belongs to the
// migrations; 16384 is the first oid that belongs to users (FirstNormalObjectId).

const tablesQuery = `
  SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relkind::pg_catalog.text AS kind, h.inhparent AS parent
  FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_inherits h ON h.inhrelid = c.oid AND c.relispartition
  WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND n.nspname <> 'pg_toast' AND n.nspname <> 'information_schema'
  ORDER BY c.oid`;

const columnsQuery = `
  SELECT a.attrelid AS table, a.attname AS name, a.attnum AS number, t.typname AS "typeName",
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type, t.typtype::pg_catalog.text AS kind,
    a.attlen AS length, CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS alignment,
    a.atttypmod AS modifier, a.attnotnull AS "notNull", a.attidentity <> '' AS identity,
    CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END AS default,
    coalesce(e.labels, 0)::pg_catalog.int4 AS "enumLabels", o.collname AS collation
  FROM pg_catalog.pg_attribute a
    JOIN pg_catalog.pg_class c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'm')
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_catalog.pg_collation o ON o.oid = a.attcollation
    LEFT JOIN (SELECT enumtypid, pg_catalog.count(*) AS labels FROM pg_catalog.pg_enum GROUP BY 1) e
      ON e.enumtypid = a.atttypid
  WHERE a.attrelid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
  ORDER BY a.attrelid, a.attnum`;

/**
 * A row for each key or included column of an index. Bits of an option: 1 is DESC, 2 is NULLS FIRST (INDOPTION_DESC
 * and INDOPTION_NULLS_FIRST in PostgreSQL's catalog/pg_index.h).
 */
const indexesQuery = `
  SELECT i.indrelid AS table, i.indexrelid AS oid, c.relname AS name, m.amname AS method, i.indisunique AS unique,
    i.indisprimary AS primary, i.indisvalid AS valid, pg_catalog.pg_get_expr(i.indpred, i.indrelid) AS predicate,
    k.place > i.indnkeyatts AS included, k.number, o.opcname AS "operatorClass",
    l.collname AS collation, coalesce(k.option, 0) & 1 <> 0 AS descending, coalesce(k.option, 0) & 2 <> 0 AS "nullsFirst",
    CASE WHEN k.number = 0 THEN pg_catalog.pg_get_indexdef(i.indexrelid, k.place::pg_catalog.int4, false) END
      AS expression
  FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = c.relam
    CROSS JOIN LATERAL ROWS FROM (pg_catalog.unnest(i.indkey::pg_catalog.int2[]),
      pg_catalog.unnest(i.indclass::pg_catalog.oid[]), pg_catalog.unnest(i.indcollation::pg_catalog.oid[]),
      pg_catalog.unnest(i.indoption::pg_catalog.int2[])) WITH ORDINALITY AS k (number, class, sorting, option, place)
    LEFT JOIN pg_catalog.pg_opclass o ON o.oid = k.class
    LEFT JOIN pg_catalog.pg_collation l ON l.oid = k.sorting
  WHERE i.indexrelid >= 16384
  ORDER BY i.indexrelid, k.place`;

const foreignKeysQuery = `
  SELECT f.conrelid AS table, f.conname AS name, f.conkey AS columns, f.confrelid AS references,
    f.confkey AS "referencedColumns"
  FROM pg_catalog.pg_constraint f
  WHERE f.contype = 'f' AND f.oid >= 16384
  ORDER BY f.oid`;

/** Reads the tables of a database as they are now, in one round trip. */
export async function readCatalogue(session: Session): Promise<Catalogue> {
  const [tables, columns, indexes, foreignKeys] = await Promise.all([
    session.query(tablesQuery).then(parseRows(tableRow)),
    session.query(columnsQuery).then(parseRows(columnRow)),
    session.query(indexesQuery).then(parseRows(indexRow)),
    session.query(foreignKeysQuery).then(parseRows(foreignKeyRow)),
  ]);
  const columnsOf = Map.groupBy(columns, ({ table }) => table);
  const indexesOf = Map.groupBy(indexes, ({ table }) => table);
  const foreignKeysOf = Map.groupBy(foreignKeys, ({ table }) => table);
  const nameOf = new Map(tables.map((table) => [table.oid, qualifiedName(table)]));
  const columnNames = (table: number) =>
    new Map((columnsOf.get(table) ?? []).map((column) => [column.number, column.name]));
  return {
    tables: tables.map(({ oid, schema, name, kind, parent }): Table => {
      const names = columnNames(oid);
      return {
        oid,
        schema,
        name,
        kind: tableKinds[kind],
        partitionOf: parent,
        columns: (columnsOf.get(oid) ?? []).map(toColumn),
        indexes: [...Map.groupBy(indexesOf.get(oid) ?? [], (row) => row.oid).values()].flatMap((rows) =>
          toIndex(rows, names),
        ),
        foreignKeys: (foreignKeysOf.get(oid) ?? []).map((key): ForeignKey => {
          const referenced = columnNames(key.references);
          return {
            name: key.name,
            columns: key.columns.map((number) => names.get(number) ?? ''),
            references: nameOf.get(key.references) ?? '',
            referencedColumns: key.referencedColumns.map((number) => referenced.get(number) ?? ''),
          };
        }),
      };
    }),
  };
}

function parseRows<T>(row: z.ZodType<T>): (rows: readonly Row[]) => readonly T[] {
  return (rows) => rows.map((each) => row.parse(each));
}

const name = z.string();
const oid = z.number();

const tableRow = z.object({ oid, schema: name, name, kind: z.enum(['r', 'p', 'm']), parent: oid.nullable() });

const tableKinds = { r: 'table', p: 'partitioned table', m: 'materialised view' } as const;

const columnRow = z.object({
  table: oid,
  name,
  number: z.number(),
  type: z.string(),
  typeName: name,
  kind: z.string(),
  length: z.number(),
  alignment: z.union([z.literal(1), z.literal(2), z.literal(4), z.literal(8)]),
  modifier: z.number(),
  notNull: z.boolean(),
  identity: z.boolean(),
  default: z.string().nullable(),
  enumLabels: z.number(),
  collation: name.nullable(),
});

const typeKinds: ReadonlyMap<string, Column['typeKind']> = new Map<string, Column['typeKind']>([
  ['b', 'base'],
  ['e', 'enum'],
  ['d', 'domain'],
  ['c', 'composite'],
  ['r', 'range'],
]);

/** Bytes that the modifier of a character type counts besides the characters (VARHDRSZ). */
const lengthWord = 4;

function toColumn({ table: _, kind, modifier, ...column }: z.infer<typeof columnRow>): Column {
  const isLimited = (column.typeName === 'varchar' || column.typeName === 'bpchar') && modifier > lengthWord;
  return {
    ...column,
    typeKind: typeKinds.get(kind) ?? 'other',
    maxLength: isLimited ? modifier - lengthWord : null,
  };
}

const indexRow = z.object({
  table: oid,
  oid,
  name,
  method: name,
  unique: z.boolean(),
  primary: z.boolean(),
  valid: z.boolean(),
  predicate: z.string().nullable(),
  included: z.boolean(),
  number: z.number(),
  operatorClass: name.nullable(),
  collation: name.nullable(),
  descending: z.boolean(),
  nullsFirst: z.boolean(),
  expression: z.string().nullable(),
});

function toIndex(
  rows: readonly z.infer<typeof indexRow>[],
  names: ReadonlyMap<number, string>,
): readonly Index[] {
  const [first] = rows;
  if (first === undefined) return [];
  const { oid: identity, name: called, method, unique, primary, valid, predicate } = first;
  const columns = rows.map((row) => ({ ...row, column: names.get(row.number) ?? null }));
  return [
    {
      oid: identity,
      name: called,
      method,
      unique,
      primary,
      valid,
      predicate,
      keys: columns
        .filter(({ included }) => !included)
        .map(({ column, expression, operatorClass, collation, descending, nullsFirst }) => ({
          column,
          expression,
          operatorClass: operatorClass ?? '',
          collation,
          descending,
          nullsFirst,
        })),
      included: columns.flatMap(({ included, column }) => (included && column !== null ? [column] : [])),
    },
  ];
}

const foreignKeyRow = z.object({
  table: oid,
  name,
  columns: z.array(z.number()),
  references: oid,
  referencedColumns: z.array(z.number()),
});
