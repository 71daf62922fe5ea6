import { z } from 'zod';
import type { DomainObject, EnumObject, TypeObject } from '../../model/schema.ts';
import { type Family, isUsers } from './family.ts';

const named = { key: z.string(), name: z.string() };

const enumType = z.object({
  kind: z.literal('enum'),
  ...named,
  labels: z.array(z.string()),
}) satisfies z.ZodType<EnumObject>;

const domain = z.object({
  kind: z.literal('domain'),
  ...named,
  type: z.string(),
  notNull: z.boolean(),
  default: z.string().nullable(),
}) satisfies z.ZodType<DomainObject>;

const type = z.object({
  kind: z.literal('type'),
  ...named,
  definition: z.string(),
}) satisfies z.ZodType<TypeObject>;

const composite = `
  SELECT 'AS (' || coalesce(string_agg(a.attname || ' ' || format_type(a.atttypid, a.atttypmod), ', '
    ORDER BY a.attnum), '') || ')'
  FROM pg_attribute AS a WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped`;

const range = `
  SELECT format('AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %s, SUBTYPE_DIFF = %s)', format_type(r.rngsubtype, NULL),
    (SELECT o.opcname FROM pg_opclass AS o WHERE o.oid = r.rngsubopc), r.rngsubdiff)
  FROM pg_range AS r WHERE r.rngtypid = t.oid`;

/**
 * Row types of tables belong to these, array types to their elements', multirange types to their ranges'. A composite
 * type has a relation of its own, which is locked where it changes.
 */
export const types: Family = {
  kinds: ['enum', 'domain', 'type'],
  catalogues: {
    pg_type: 'always',
    pg_enum: 'always',
    pg_range: 'always',
    pg_attribute: 'another relation is locked',
  },
  reads: 'all at once',
  object: z.discriminatedUnion('kind', [enumType, domain, type]),
  query: `
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE 'type' END AS kind,
      'pg_type:' || t.oid AS key, n.nspname || '.' || t.typname AS name,
      ARRAY(SELECT e.enumlabel::text FROM pg_enum AS e WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
      format_type(t.typbasetype, t.typtypmod) AS type, t.typnotnull AS "notNull",
      pg_get_expr(t.typdefaultbin, 0) AS default,
      CASE t.typtype WHEN 'c' THEN (${composite}) WHEN 'r' THEN (${range})
        ELSE format('(INPUT = %s, OUTPUT = %s, INTERNALLENGTH = %s)', t.typinput, t.typoutput, t.typlen) END
        AS definition
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.typtype <> 'm' AND t.typsubscript::oid <> 'array_subscript_handler'::regproc AND n.nspname !~ '^pg_'
      AND (t.typrelid = 0 OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
      AND ${isUsers('pg_type', 't.oid')}`,
};
