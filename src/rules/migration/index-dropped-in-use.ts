import { indexesOf } from '../../plans/compare.ts';
import { drops } from '../alterations.ts';
import type { PlanChangeFacts } from '../facts.ts';
import { onCause } from '../on-cause.ts';
import { querySubject } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import type { ObjectOf } from '../schema-facts.ts';

export default defineRule({
  id: 'migration/index-dropped-in-use',
  title: 'An index is dropped that queries use',
  message:
    'drops {index:code}, by which captured queries read {table:code}; without it they cost {after:count} instead of {before:count}: {queries}',
  triggeredWhen:
    'the plans of captured queries at base use an index that is gone at head, and cost more there',
  impact:
    'each of these queries reads and throws away what the index left alone; `query/lost-index` and `query/plan-regression` show their plans',
  remediation: [
    {
      kind: 'advice',
      title: 'Replace it first',
      text: 'Create the index that is to serve these queries CONCURRENTLY, in an earlier change, and drop this one when their plans have moved over.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { object: index, by } of drops(facts, 'index')) {
      const suffering = facts.planChanges
        .filter((change) => usesIndex(change, index) && costAfter(change) > costBefore(change))
        .toSorted((a, b) => costAfter(b) - costBefore(b) - (costAfter(a) - costBefore(a)));
      if (suffering.length === 0) continue;
      const before = sum(suffering.map(costBefore));
      const after = sum(suffering.map(costAfter));
      yield onCause(by, index, facts.severity('migration/index-dropped-in-use', after - before), {
        index: index.name,
        table: index.table,
        count: suffering.length,
        before,
        after,
        queries:
          suffering.slice(0, 3).map(inWords).join(', ') +
          (suffering.length > 3 ? ` and ${suffering.length - 3} more` : ''),
      });
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

function inWords(change: PlanChangeFacts): string {
  return querySubject(change.query).name;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
