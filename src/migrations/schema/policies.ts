import { z } from 'zod';
import type { PolicyObject } from '../../model/schema.ts';
import { type Family, ofRelations } from './family.ts';

const policy = z.object({
  kind: z.literal('policy'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  command: z.enum(['all', 'select', 'insert', 'update', 'delete']),
  permissive: z.boolean(),
  roles: z.array(z.string()),
  using: z.string().nullable(),
  check: z.string().nullable(),
}) satisfies z.ZodType<PolicyObject>;

export const policies: Family = {
  kinds: ['policy'],
  catalogues: { pg_policy: 'always' },
  reads: 'of relations',
  object: policy,
  query: `
    SELECT 'policy' AS kind, 'pg_policy:' || p.oid AS key, p.polname AS name, 'pg_class:' || p.polrelid AS table,
      CASE p.polcmd WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update' WHEN 'd' THEN 'delete'
        ELSE 'all' END AS command,
      p.polpermissive AS permissive,
      ARRAY(SELECT CASE r WHEN 0 THEN 'public' ELSE pg_get_userbyid(r)::text END FROM unnest(p.polroles) AS r ORDER BY 1)
        AS roles,
      pg_get_expr(p.polqual, p.polrelid) AS using, pg_get_expr(p.polwithcheck, p.polrelid) AS check
    FROM pg_policy AS p
    WHERE ${ofRelations('p.polrelid')}`,
};
