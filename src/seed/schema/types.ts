import { z } from 'zod';
import type { Session } from '../../model/server.ts';

/** A type as its values are made: what it is built of, down to types of PostgreSQL's own or of extensions. */
export type ValueType =
  | {
      readonly kind: 'base';
      /** typname. */
      readonly name: string;
      /** typcategory: `N` numeric, `S` string, `D` date or time, `U` user-defined ... */
      readonly category: string;
      /** atttypmod; -1 where there is none. */
      readonly modifier: number;
      readonly sql: string;
    }
  | { readonly kind: 'enum'; readonly labels: readonly string[]; readonly sql: string }
  | { readonly kind: 'array'; readonly element: ValueType; readonly sql: string }
  | { readonly kind: 'composite'; readonly attributes: readonly ValueType[]; readonly sql: string }
  | { readonly kind: 'range'; readonly subtype: ValueType; readonly sql: string }
  | { readonly kind: 'multirange'; readonly range: ValueType; readonly sql: string }
  | {
      readonly kind: 'domain';
      readonly base: ValueType;
      /** Conditions on `VALUE`, those of the domains that it is made of included. */
      readonly checks: readonly string[];
      readonly sql: string;
    };

/** The types of a database, by oid and modifier. */
export type TypeOf = (oid: number, modifier: number) => ValueType;

/** All types that columns have, and all types that those are made of. */
const typesQuery = `
  WITH RECURSIVE used (oid) AS (
    SELECT a.atttypid FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped
    UNION
    SELECT part.oid
    FROM used u JOIN pg_type t ON t.oid = u.oid
      CROSS JOIN LATERAL (
        SELECT t.typelem WHERE t.typcategory = 'A'
        UNION ALL SELECT t.typbasetype WHERE t.typtype = 'd'
        UNION ALL SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid
        UNION ALL SELECT r.rngtypid FROM pg_range r WHERE r.rngmultitypid = t.oid
        UNION ALL SELECT a.atttypid FROM pg_attribute a
          WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
      ) part (oid)
    WHERE part.oid <> 0)
  SELECT t.oid, t.typname AS name, format_type(t.oid, NULL) AS sql, t.typtype::text AS kind,
    t.typcategory::text AS category, t.typbasetype AS base, t.typtypmod AS modifier,
    CASE WHEN t.typcategory = 'A' THEN t.typelem ELSE 0 END AS element,
    coalesce((SELECT r.rngsubtype FROM pg_range r WHERE r.rngtypid = t.oid), 0) AS subtype,
    coalesce((SELECT r.rngtypid FROM pg_range r WHERE r.rngmultitypid = t.oid), 0) AS range,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    ARRAY(SELECT pg_get_expr(k.conbin, 0) FROM pg_constraint k
      WHERE k.contypid = t.oid AND k.contype = 'c' ORDER BY k.oid) AS checks,
    (SELECT coalesce(json_agg(json_build_array(a.atttypid::int8, a.atttypmod) ORDER BY a.attnum), '[]')
      FROM pg_attribute a
      WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes
  FROM used u JOIN pg_type t ON t.oid = u.oid`;

const typeRow = z.object({
  oid: z.number(),
  name: z.string(),
  sql: z.string(),
  kind: z.string(),
  category: z.string(),
  base: z.number(),
  modifier: z.number(),
  element: z.number(),
  subtype: z.number(),
  range: z.number(),
  labels: z.array(z.string()),
  checks: z.array(z.string()),
  attributes: z.array(z.tuple([z.number(), z.number()])),
});

/** Reads all types in use. Names are as short as `search_path` allows. */
export async function readTypes(session: Session): Promise<TypeOf> {
  const rows = await session.query(typesQuery);
  const types = new Map(rows.map((row) => typeRow.parse(row)).map((type) => [type.oid, type]));

  function typeOf(oid: number, modifier: number): ValueType {
    const type = types.get(oid);
    if (type === undefined) return { kind: 'base', name: 'unknown', category: 'X', modifier, sql: 'unknown' };
    const { sql } = type;
    if (type.kind === 'e') return { kind: 'enum', labels: type.labels, sql };
    if (type.kind === 'd') return domainOf(type);
    if (type.kind === 'c') {
      return { kind: 'composite', attributes: type.attributes.map((each) => typeOf(...each)), sql };
    }
    if (type.kind === 'r') return { kind: 'range', subtype: typeOf(type.subtype, -1), sql };
    if (type.kind === 'm') return { kind: 'multirange', range: typeOf(type.range, -1), sql };
    // These two are arrays to the catalogue, and are not written like arrays.
    if (type.element !== 0 && type.name !== 'int2vector' && type.name !== 'oidvector') {
      return { kind: 'array', element: typeOf(type.element, modifier), sql };
    }
    return { kind: 'base', name: type.name, category: type.category, modifier, sql };
  }

  function domainOf({ base, modifier, checks, sql }: z.output<typeof typeRow>): ValueType {
    const below = typeOf(base, modifier);
    return below.kind === 'domain'
      ? { kind: 'domain', base: below.base, checks: [...below.checks, ...checks], sql }
      : { kind: 'domain', base: below, checks, sql };
  }

  return typeOf;
}
