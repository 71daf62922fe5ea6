import type { ExecutedNode } from '../../model/plan.ts';
import { onExecuted } from '../on-executed.ts';
import { defineRule } from '../rule.ts';

/** Share of the rows from which on an index-only scan is none. */
const leastShare = 0.1;

export default defineRule({
  id: 'query/heap-fetches',
  title: 'An index-only scan reads the table',
  message:
    'an index-only scan of {index:code} looked up {fetches:count} of its {rows:count} rows in {table:code}',
  triggeredWhen:
    'with `--execute`, an index-only scan looks up a tenth of its rows or more in the table, a thousand at least',
  impact: 'the index alone cannot tell which rows are visible, so each is read from the table after all',
  remediation: [
    {
      kind: 'advice',
      title: 'Vacuum the table',
      text: 'VACUUM marks pages whose rows everybody sees. Let autovacuum come more often: ALTER TABLE ... SET (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02).',
    },
  ],
  core: true,
  *check(facts) {
    for (const executed of facts.executed) {
      const [worst] = lookups(executed.plan.root).toSorted((a, b) => b.fetches - a.fetches);
      yield worst === undefined
        ? onExecuted(executed, 'healthy', {})
        : onExecuted(executed, facts.severity('query/heap-fetches', worst.fetches), { ...worst });
    }
  },
});

interface Lookups {
  readonly index: string;
  readonly table: string;
  readonly fetches: number;
  readonly rows: number;
}

function lookups(executed: ExecutedNode): readonly Lookups[] {
  const { heapFetches: fetches, loops, rows, rowsFiltered, children, node } = executed;
  const below = children.flatMap(lookups);
  if (fetches === null || node.operation.kind !== 'scan') return below;
  const { index, relation } = node.operation;
  // A dead row is looked up and not returned.
  const all = Math.max(fetches, Math.round((rows + rowsFiltered) * loops));
  if (fetches < leastShare * all) return below;
  return [{ index: index ?? '', table: `${relation.schema}.${relation.name}`, fetches, rows: all }, ...below];
}
