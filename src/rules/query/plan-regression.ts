import { differenceBetween, lostIndexes } from '../../plans/compare.ts';
import type { PlanChangeFacts } from '../facts.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

/** How much of its cost a plan must gain: below, a change of plan is a matter of taste. */
const leastRatio = 1.5;

export default defineRule({
  id: 'query/plan-regression',
  title: 'A query became more expensive',
  message:
    'costs {after:count} instead of {before:count} ({ratio:ratio}); the difference is {node:code}, before {earlier:code}',
  triggeredWhen: "a query's plan at head costs half as much again as at base, and a thousand more",
  impact: 'the change makes the query slower, although nothing about the query changed',
  remediation: [
    {
      kind: 'advice',
      title: 'Give the planner back what it had',
      text: 'Look at the node that made the difference: an index that was dropped or no longer fits, a type that no longer matches, a table that grew wider.',
    },
  ],
  core: false,
  *check(facts) {
    for (const change of facts.planChanges) {
      const before = change.base.measures.cost;
      const after = change.head.measures.cost;
      const difference = differenceBetween(change.base.measures, change.head.measures);
      if (after < before * leastRatio || difference === null || isLostIndex(change, difference.relation))
        continue;
      yield onPlan(facts, change.head, facts.severity('query/plan-regression', after - before), {
        before,
        after,
        ratio: before === 0 ? null : after / before,
        node: difference.node,
        earlier: difference.before,
        relation: difference.relation,
      });
    }
  },
});

/** One cause is told once: a relation that lost its index has a rule of its own. */
function isLostIndex({ base, head }: PlanChangeFacts, relation: string | null): boolean {
  return lostIndexes(base.measures, head.measures).some((lost) => lost.relation === relation);
}
