import { z } from 'zod';
import type { RuleObject } from '../../model/schema.ts';
import { type Family, objectStates, ofRelations, stateOf } from './family.ts';

const rule = z.object({
  kind: z.literal('rule'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  definition: z.string(),
  state: z.enum(objectStates),
}) satisfies z.ZodType<RuleObject>;

/** Rewrite rules; `_RETURN` is what a view is made of. */
export const rules: Family = {
  kinds: ['rule'],
  catalogues: { pg_rewrite: 'always' },
  reads: 'of relations',
  object: rule,
  query: `
    SELECT 'rule' AS kind, 'pg_rewrite:' || r.oid AS key, r.rulename AS name, 'pg_class:' || r.ev_class AS table,
      pg_get_ruledef(r.oid) AS definition, ${stateOf('r.ev_enabled')} AS state
    FROM pg_rewrite AS r
    WHERE r.rulename <> '_RETURN' AND ${ofRelations('r.ev_class')}`,
};
