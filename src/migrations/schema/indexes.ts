import { z } from 'zod';
import type { IndexObject } from '../../model/schema.ts';
import { type Family, ofRelations } from './family.ts';

const index = z.object({
  kind: z.literal('index'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  definition: z.string(),
  method: z.string(),
  keys: z.array(z.string()),
  included: z.array(z.string()),
  predicate: z.string().nullable(),
  unique: z.boolean(),
  primary: z.boolean(),
  valid: z.boolean(),
  replicaIdentity: z.boolean(),
  constraint: z.string().nullable(),
}) satisfies z.ZodType<IndexObject>;

function parts(from: string, to: string): string {
  return `ARRAY(SELECT pg_get_indexdef(i.indexrelid, g, false) FROM generate_series(${from}, ${to}) AS g ORDER BY g)`;
}

export const indexes: Family = {
  kinds: ['index'],
  catalogues: { pg_index: 'always', pg_class: 'a known index is locked', pg_constraint: 'always' },
  reads: 'of relations',
  object: index,
  query: `
    SELECT 'index' AS kind, 'pg_class:' || x.oid AS key, n.nspname || '.' || x.relname AS name,
      'pg_class:' || i.indrelid AS table, pg_get_indexdef(i.indexrelid) AS definition,
      (SELECT m.amname FROM pg_am AS m WHERE m.oid = x.relam) AS method,
      ${parts('1', 'i.indnkeyatts')} AS keys, ${parts('i.indnkeyatts + 1', 'i.indnatts')} AS included,
      pg_get_expr(i.indpred, i.indrelid) AS predicate, i.indisunique AS unique, i.indisprimary AS primary,
      i.indisvalid AS valid, i.indisreplident AS "replicaIdentity",
      (SELECT k.conname FROM pg_constraint AS k
        WHERE k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS constraint
    FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid JOIN pg_namespace AS n ON n.oid = x.relnamespace
    WHERE ${ofRelations('i.indrelid')} OR i.indexrelid = ANY ($1)`,
};
