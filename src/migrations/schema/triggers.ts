import { z } from 'zod';
import type { TriggerObject } from '../../model/schema.ts';
import { type Family, objectStates, ofRelations, stateOf } from './family.ts';

const trigger = z.object({
  kind: z.literal('trigger'),
  key: z.string(),
  name: z.string(),
  table: z.string(),
  definition: z.string(),
  state: z.enum(objectStates),
}) satisfies z.ZodType<TriggerObject>;

/** Copies of a partitioned table's triggers on its partitions count as internal before 15. */
export const triggers: Family = {
  kinds: ['trigger'],
  catalogues: { pg_trigger: 'always' },
  reads: 'of relations',
  object: trigger,
  query: `
    SELECT 'trigger' AS kind, 'pg_trigger:' || t.oid AS key, t.tgname AS name, 'pg_class:' || t.tgrelid AS table,
      pg_get_triggerdef(t.oid) AS definition, ${stateOf('t.tgenabled')} AS state
    FROM pg_trigger AS t
    WHERE (NOT t.tgisinternal OR t.tgparentid <> 0 AND t.tgconstraint = 0)
      AND ${ofRelations('t.tgrelid')}`,
};
