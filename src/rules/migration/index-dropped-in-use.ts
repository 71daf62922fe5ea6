import { indexesOf } from '../../plans/compare.ts';
import { drops } from '../alterations.ts';
import type { PlanChangeFacts } from '../facts-source.ts';
import { onCause } from '../on-cause.ts';
import { queryName } from '../on-plan.ts';
import { unknownUse, useOfDropped } from '../production-use.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';
import { worstOf } from '../severity.ts';

export default defineRule({
  id: 'migration/index-dropped-in-use',
  title: 'An index is dropped that queries use',
  message:
    'drops {index:code} of {table:code}[[, which captured queries use; without it they cost {after:count} instead of {before:count}: {queries}]][[; production scanned it {scansPerDay:count} times a day until {until}]][[; production scanned it {scans:count} times from {since} to {until}]][[; {successor:code} begins with its keys and can take its place]]',
  triggeredWhen:
    'an index is gone at head that the plans of captured queries at base use, which cost more at head; or that production scans once a day or more, as the statistics file tells, even if no captured query uses it',
  impact:
    'each of its queries reads and throws away what the index left alone; `query/lost-index` and `query/plan-regression` show the plans of those that were captured',
  remediation: [
    {
      kind: 'advice',
      title: 'Replace it first',
      text: 'Create the index that is to serve its queries CONCURRENTLY, in an earlier change, and drop this one when their plans have moved over: its idx_scan in pg_stat_user_indexes then stays as it is, on every replica too.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { object: index, by } of drops(facts, 'index')) {
      const suffering = facts.planChanges
        .filter((change) => usesIndex(change, index) && costAfter(change) > costBefore(change))
        .toSorted((a, b) => costAfter(b) - costBefore(b) - (costAfter(a) - costBefore(a)));
      const production = useOfDropped(facts, index);
      if (suffering.length === 0 && production === null) continue;
      const before = sum(suffering.map(costBefore));
      const after = sum(suffering.map(costAfter));
      const bySum = facts.severity('migration/index-dropped-in-use', after - before);
      yield onCause(
        by,
        index,
        worstOf([bySum, production?.severity ?? 'healthy']),
        {
          ...(production?.figures ?? unknownUse),
          index: index.name,
          table: index.table,
          count: suffering.length,
          before,
          after,
          queries: suffering.length === 0 ? null : namesOf(suffering),
        },
        suffering.map(({ query }) => query.fingerprint),
      );
    }
  },
});

function usesIndex({ base }: PlanChangeFacts, index: ObjectOf<'index'>): boolean {
  return base.measures.nodes.some(({ node }) => {
    const { operation } = node;
    if (operation.kind !== 'scan') return false;
    const table = `${operation.relation.schema}.${operation.relation.name}`;
    // EXPLAIN names indexes without their schema, which is that of the table.
    return table === index.table && indexesOf(node).some((name) => index.name.endsWith(`.${name}`));
  });
}

function costBefore({ base }: PlanChangeFacts): number {
  return base.measures.cost;
}

function costAfter({ head }: PlanChangeFacts): number {
  return head.measures.cost;
}

function namesOf(changes: readonly PlanChangeFacts[]): string {
  const names = changes.slice(0, 3).map(({ query }) => queryName(query));
  return names.join(', ') + (changes.length > 3 ? ` and ${changes.length - 3} more` : '');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
