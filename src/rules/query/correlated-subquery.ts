import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { nameOfRelation, type RepeatedSubplan, repeatedSubplans, subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

/** Part of the whole cost below which rewriting the subquery would not help the query. */
const leastShare = 0.1;

export default defineRule({
  id: 'query/correlated-subquery',
  title: 'A subquery runs once for every row',
  message:
    'runs a subquery[[ on {table:code}]] {times:count} times, which costs {cost:count}, {share:percent} of the query',
  triggeredWhen:
    'a subquery refers to the row outside it, could not be made a join, and its executions together are costly',
  impact: 'its cost is multiplied by the rows of the outer query',
  remediation: [
    {
      kind: 'advice',
      title: 'Compute it once for all rows',
      text: 'Group in a subquery of FROM and join it (`LEFT JOIN (SELECT key, count(*) FROM t GROUP BY key) c USING (key)`). For a few outer rows, or the latest row of each, use LEFT JOIN LATERAL with an index on what it compares.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = repeatedSubplans(plan)
        .filter((each) => each.loops >= 2 && !isNotIn(plan, each))
        .map((each) => ({ ...each, cost: each.loops * each.subplan.cost.total }))
        .toSorted((a, b) => b.cost - a.cost);
      if (worst === undefined) continue;
      const share = plan.measures.cost === 0 ? 0 : Math.min(1, worst.cost / plan.measures.cost);
      if (share < leastShare) continue;
      yield onPlan(facts, plan, facts.severity('query/correlated-subquery', worst.cost), {
        table: tableIn(worst),
        times: Math.round(worst.loops),
        cost: Math.round(worst.cost),
        share,
      });
    }
  },
});

/** That one has a rule of its own, and its list is the same for every row. */
function isNotIn(plan: PlanFacts, { caller, subplan }: RepeatedSubplan): boolean {
  if (subplan.operation.kind === 'materialize') return true;
  return caller === 'filter' && (textOf(plan.query)?.traits.notIn.length ?? 0) > 0;
}

function tableIn({ subplan }: RepeatedSubplan): string | null {
  const [scan] = subtree(subplan)
    .filter(({ operation }) => operation.kind === 'scan')
    .toSorted((a, b) => b.cost.total - a.cost.total);
  return scan?.operation.kind === 'scan' ? nameOfRelation(scan.operation.relation) : null;
}
