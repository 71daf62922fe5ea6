import { z } from 'zod';
import type { Catalogue } from '../model/catalogue.ts';
import type { Session } from '../model/server.ts';

/**
 * One round trip for the whole schema: tables, partitioned tables and materialised views outside the system
 * schemas, with their columns, indexes and foreign keys (PostgreSQL documentation, "System Catalogs").
 * Every name is qualified, since `search_path` belongs to the migrations.
 */
const catalogueQuery = `
WITH relations AS (
  SELECT c.oid, n.nspname, c.relname, c.relkind
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm') AND c.oid >= 16384 AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), columns AS (
  SELECT a.attrelid, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', a.attname, 'number', a.attnum, 'type', pg_catalog.format_type(a.atttypid, a.atttypmod),
      'typeName', t.typname,
      'typeKind', CASE t.typtype WHEN 'b' THEN 'base' WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain'
                                 WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' ELSE 'other' END,
      'length', a.attlen,
      'maxLength', CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.atttypmod > 4 THEN a.atttypmod - 4 END,
      'notNull', a.attnotnull, 'identity', a.attidentity <> '',
      'default', CASE WHEN a.attgenerated = '' THEN pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
      'enumLabels', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_enum e WHERE e.enumtypid = a.atttypid),
      'collation', (SELECT o.collname FROM pg_catalog.pg_collation o WHERE o.oid = a.attcollation)
    ) ORDER BY a.attnum) AS list
  FROM pg_catalog.pg_attribute a
    JOIN relations r ON r.oid = a.attrelid
    JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped
  GROUP BY a.attrelid
), indexes AS (
  SELECT i.indrelid, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'oid', c.oid::int8, 'name', c.relname, 'method', m.amname, 'unique', i.indisunique, 'primary', i.indisprimary,
      'valid', i.indisvalid, 'predicate', pg_catalog.pg_get_expr(i.indpred, i.indrelid),
      'definition', pg_catalog.pg_get_indexdef(c.oid),
      'keys', (
        SELECT pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
            'column', a.attname, 'operatorClass', o.opcname,
            'expression', CASE WHEN k.number > 0 THEN pg_catalog.quote_ident(a.attname)
              ELSE pg_catalog.pg_get_indexdef(c.oid, k.place::int4, false) END) ORDER BY k.place)
        FROM ROWS FROM (pg_catalog.unnest(i.indkey::int2[]), pg_catalog.unnest(i.indclass::oid[]))
            WITH ORDINALITY AS k (number, class, place)
          LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number AND k.number > 0
          LEFT JOIN pg_catalog.pg_opclass o ON o.oid = k.class
        WHERE k.place <= i.indnkeyatts),
      'included', (
        SELECT coalesce(pg_catalog.jsonb_agg(a.attname ORDER BY k.place), '[]')
        FROM pg_catalog.unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
        WHERE k.place > i.indnkeyatts)
    ) ORDER BY c.oid) AS list
  FROM pg_catalog.pg_index i
    JOIN relations r ON r.oid = i.indrelid
    JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
    JOIN pg_catalog.pg_am m ON m.oid = c.relam
  GROUP BY i.indrelid
), foreign_keys AS (
  SELECT f.conrelid, pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
      'name', f.conname, 'references', n.nspname || '.' || c.relname,
      'columns', (SELECT pg_catalog.jsonb_agg(a.attname ORDER BY k.place)
        FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number),
      'referencedColumns', (SELECT pg_catalog.jsonb_agg(a.attname ORDER BY k.place)
        FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY AS k (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number)
    ) ORDER BY f.oid) AS list
  FROM pg_catalog.pg_constraint f
    JOIN relations r ON r.oid = f.conrelid
    JOIN pg_catalog.pg_class c ON c.oid = f.confrelid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE f.contype = 'f'
  GROUP BY f.conrelid
)
SELECT coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
    'oid', r.oid::int8, 'schema', r.nspname, 'name', r.relname,
    'kind', CASE r.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' ELSE 'materialised view' END,
    'partitionOf', (SELECT h.inhparent::int8 FROM pg_catalog.pg_inherits h
      JOIN pg_catalog.pg_class p ON p.oid = h.inhparent AND p.relkind = 'p' WHERE h.inhrelid = r.oid),
    'columns', coalesce(columns.list, '[]'), 'indexes', coalesce(indexes.list, '[]'),
    'foreignKeys', coalesce(foreign_keys.list, '[]')) ORDER BY r.oid), '[]') AS tables
FROM relations r
  LEFT JOIN columns ON columns.attrelid = r.oid
  LEFT JOIN indexes ON indexes.indrelid = r.oid
  LEFT JOIN foreign_keys ON foreign_keys.conrelid = r.oid`;

const name = z.string();

const tablesSchema: z.ZodType<Catalogue['tables']> = z.array(
  z.object({
    oid: z.number(),
    schema: name,
    name,
    kind: z.enum(['table', 'partitioned table', 'materialised view']),
    partitionOf: z.number().nullable(),
    columns: z.array(
      z.object({
        name,
        number: z.number(),
        type: z.string(),
        typeName: z.string(),
        typeKind: z.enum(['base', 'enum', 'domain', 'composite', 'range', 'other']),
        length: z.number(),
        maxLength: z.number().nullable(),
        notNull: z.boolean(),
        identity: z.boolean(),
        default: z.string().nullable(),
        enumLabels: z.number(),
        collation: z.string().nullable(),
      }),
    ),
    indexes: z.array(
      z.object({
        oid: z.number(),
        name,
        method: z.string(),
        unique: z.boolean(),
        primary: z.boolean(),
        valid: z.boolean(),
        predicate: z.string().nullable(),
        definition: z.string(),
        keys: z.array(
          z.object({ column: name.nullable(), expression: z.string(), operatorClass: z.string() }),
        ),
        included: z.array(name),
      }),
    ),
    foreignKeys: z.array(
      z.object({ name, columns: z.array(name), references: z.string(), referencedColumns: z.array(name) }),
    ),
  }),
);

/** Reads the tables of a database as they are now. */
export async function readCatalogue(session: Session): Promise<Catalogue> {
  const [row] = await session.query(catalogueQuery);
  return { tables: tablesSchema.parse(row?.['tables']) };
}
