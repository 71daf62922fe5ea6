import { z } from 'zod';
import type { ColumnObject } from '../../model/schema.ts';
import { type Family, ofRelationsOrWritten, privilegeList } from './family.ts';

const column = z.object({
  kind: z.literal('column'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  number: z.number(),
  type: z.string(),
  notNull: z.boolean(),
  default: z.string().nullable(),
  generated: z.enum(['stored', 'virtual']).nullable(),
  identity: z.enum(['always', 'by default']).nullable(),
  collation: z.string().nullable(),
  storage: z.enum(['plain', 'external', 'main', 'extended']),
  compression: z.enum(['pglz', 'lz4']).nullable(),
  statisticsTarget: z.number().nullable(),
  options: z.array(z.string()),
  privileges: privilegeList,
}) satisfies z.ZodType<ColumnObject>;

export const columns: Family = {
  kinds: ['column'],
  catalogues: { pg_attribute: 'always', pg_attrdef: 'always' },
  reads: 'of relations',
  object: column,
  query: `
    SELECT 'column' AS kind, 'pg_class:' || a.attrelid || ':' || a.attnum AS key, a.attname AS name,
      'pg_class:' || a.attrelid AS table, a.attnum AS number, format_type(a.atttypid, a.atttypmod) AS type,
      a.attnotnull AS "notNull",
      CASE WHEN a.atthasdef THEN (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d
        WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum) END AS default,
      CASE a.attgenerated WHEN 's' THEN 'stored' WHEN 'v' THEN 'virtual' END AS generated,
      CASE a.attidentity WHEN 'a' THEN 'always' WHEN 'd' THEN 'by default' END AS identity,
      CASE WHEN a.attcollation <> 0 THEN (SELECT CASE o.collnamespace WHEN 'pg_catalog'::regnamespace THEN o.collname::text
          ELSE (SELECT n.nspname FROM pg_namespace AS n WHERE n.oid = o.collnamespace) || '.' || o.collname END
        FROM pg_collation AS o WHERE o.oid = a.attcollation) END AS collation,
      CASE a.attstorage WHEN 'p' THEN 'plain' WHEN 'e' THEN 'external' WHEN 'm' THEN 'main' ELSE 'extended' END
        AS storage,
      CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END AS compression,
      nullif(a.attstattarget, -1) AS "statisticsTarget", coalesce(a.attoptions, '{}') AS options,
      coalesce(a.attacl, '{}')::text[] AS privileges
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    WHERE a.attnum > 0 AND NOT a.attisdropped AND ${ofRelationsOrWritten('a.attrelid', 'pg_attribute', 'attrelid')}`,
};
