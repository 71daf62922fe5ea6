import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/rows-sorted',
  title: 'A query sorts many rows',
  message: 'sorts {rows:count} rows by {keys:code}',
  triggeredWhen: 'many rows enter sorts that no index order spares',
  impact: 'no row is returned before the last one is read and sorted, even under a LIMIT',
  remediation: [
    {
      kind: 'advice',
      title: 'Let an index deliver the order',
      text: 'Create an index on the filtered columns followed by the sorted ones, in the order and direction of the query.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const sorts = plan.measures.nodes.flatMap(({ node }) =>
        node.operation.kind === 'sort' ? [node.operation] : [],
      );
      yield onPlan(facts, plan, facts.severity('query/rows-sorted', plan.measures.rowsSorted), {
        rows: plan.measures.rowsSorted,
        keys: sorts[0]?.keys.join(', ') ?? null,
      });
    }
  },
});
