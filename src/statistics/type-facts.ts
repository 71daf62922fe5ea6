import { z } from 'zod';
import type { Session } from '../model/server.ts';
import type { TypeFacts } from './slots.ts';

/** A column, or a key of an index that is an expression. */
export interface Attribute {
  readonly relation: number;
  /** Of the column, or the position of the key. */
  readonly number: number;
  /** Type of the expression; null for a column. */
  readonly type: number | null;
}

/**
 * Operators are those of the type's default B-tree operator class, or hash operator class where there is none, found
 * through binary coercion and polymorphic types as the server does (typcache.c).
 */
const factsQuery = `
WITH RECURSIVE asked AS (
  SELECT * FROM unnest($1::oid[], $2::int2[], $3::oid[]) AS asked (relation, number, type)
), attribute AS (
  SELECT s.relation, s.number, a.attcollation AS collation, coalesce(s.type, a.atttypid) AS declared
  FROM asked s JOIN pg_attribute a ON a.attrelid = s.relation AND a.attnum = s.number
), unfolded (declared, oid) AS (
  SELECT DISTINCT declared, declared FROM attribute
  UNION ALL
  SELECT u.declared, t.typbasetype FROM unfolded u JOIN pg_type t ON t.oid = u.oid AND t.typtype = 'd'
), base AS (
  SELECT u.declared, t.oid, t.typtype, t.typcategory, r.rngtypid AS range, s.typtype AS subtype,
    CASE WHEN t.oid = 'tsvector'::regtype THEN 'text'::regtype::oid WHEN t.typcategory = 'A' THEN t.typelem END AS element
  FROM unfolded u JOIN pg_type t ON t.oid = u.oid AND t.typtype <> 'd'
    LEFT JOIN pg_range r ON r.rngtypid = t.oid OR r.rngmultitypid = t.oid
    LEFT JOIN pg_type s ON s.oid = r.rngsubtype
), operator AS (
  SELECT wanted.oid AS type,
    (SELECT amopopr FROM pg_amop WHERE amopfamily = p.opcfamily AND p.method = 'btree' AND amopstrategy = 1
      AND amoplefttype = p.opcintype AND amoprighttype = p.opcintype) AS less,
    (SELECT amopopr FROM pg_amop WHERE amopfamily = p.opcfamily
      AND amopstrategy = CASE p.method WHEN 'btree' THEN 3 ELSE 1 END
      AND amoplefttype = p.opcintype AND amoprighttype = p.opcintype) AS equal
  FROM (SELECT oid FROM base UNION SELECT element FROM base WHERE element IS NOT NULL) AS wanted
    JOIN pg_type t ON t.oid = wanted.oid
    JOIN LATERAL (
      SELECT c.opcfamily, c.opcintype, m.amname AS method
      FROM pg_opclass c JOIN pg_am m ON m.oid = c.opcmethod AND m.amname IN ('btree', 'hash')
      WHERE c.opcdefault AND (c.opcintype = t.oid
        OR c.opcintype IN (SELECT casttarget FROM pg_cast WHERE castsource = t.oid AND castmethod = 'b')
        OR (c.opcintype = 'anyenum'::regtype AND t.typtype = 'e')
        OR (c.opcintype = 'anyarray'::regtype AND t.typcategory = 'A')
        OR (c.opcintype = 'anyrange'::regtype AND t.typtype = 'r')
        OR (c.opcintype = 'anymultirange'::regtype AND t.typtype = 'm')
        OR (c.opcintype = 'record'::regtype AND t.typtype = 'c'))
      ORDER BY m.amname, c.opcintype <> t.oid,
        NOT (SELECT typispreferred FROM pg_type WHERE pg_type.oid = c.opcintype)
      LIMIT 1
    ) AS p ON true
)
SELECT a.relation, a.number, b.oid AS type, coalesce(o.equal, 0) AS equal, coalesce(o.less, 0) AS less,
  a.collation, b.element, coalesce(e.equal, 0) AS "elementEqual",
  CASE WHEN b.oid = 'tsvector'::regtype THEN (SELECT oid FROM pg_collation WHERE collname = 'default')
    ELSE a.collation END AS "elementCollation",
  b.range, b.typtype <> 'c' AND coalesce(b.subtype, 'b') NOT IN ('d', 'c')
    AND coalesce(et.typtype, 'b') NOT IN ('d', 'c') AS "isPlain"
FROM attribute a
  JOIN base b USING (declared)
  LEFT JOIN operator o ON o.type = b.oid
  LEFT JOIN operator e ON e.type = b.element
  LEFT JOIN pg_type et ON et.oid = b.element`;

const factsRow = z
  .object({
    relation: z.number(),
    number: z.number(),
    type: z.number(),
    equal: z.number(),
    less: z.number(),
    collation: z.number(),
    element: z.number().nullable(),
    elementEqual: z.number(),
    elementCollation: z.number(),
    range: z.number().nullable(),
    isPlain: z.boolean(),
  })
  .transform(({ element, elementEqual: equal, elementCollation: collation, ...facts }) => ({
    ...facts,
    element: element === null ? null : { type: element, equal, collation },
  }));

/** What tells attributes apart. */
export function attributeKey({ relation, number }: Pick<Attribute, 'relation' | 'number'>): string {
  return `${relation}.${number}`;
}

/** By {@link attributeKey}. */
export async function readTypeFacts(
  session: Session,
  attributes: readonly Attribute[],
): Promise<ReadonlyMap<string, TypeFacts>> {
  const rows = await session.query(factsQuery, [
    attributes.map(({ relation }) => relation),
    attributes.map(({ number }) => number),
    attributes.map(({ type }) => type),
  ]);
  return new Map(
    rows.map((row) => {
      const { relation, number, ...facts } = factsRow.parse(row);
      return [attributeKey({ relation, number }), facts];
    }),
  );
}
