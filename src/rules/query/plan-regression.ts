import { lostIndexes } from '../../plans/compare.ts';
import { describeValues } from '../../plans/parameters/describe.ts';
import { realVariants } from '../../plans/parameters/judge.ts';
import type { PlanChangeFacts, PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { explainChange } from '../plan-cause.ts';
import { defineRule } from '../rule.ts';

/** How much of its cost a plan must gain: below, a change of plan is a matter of taste. */
const leastRatio = 1.5;

export default defineRule({
  id: 'query/plan-regression',
  title: 'A query became more expensive',
  message:
    'costs {after:count} instead of {before:count} ({ratio:ratio})[[ with {values}]]: {node:code}[[ over {tables:code}]][[, in place of {earlier:code},]] costs {nodeAfter:count}[[ instead of {nodeBefore:count}]][[, because of {causeSql:code} at {cause:code}]]',
  triggeredWhen:
    "a query's plan at head costs half as much again as at base, and a thousand more; or that of a query in the place of another",
  impact: 'the change makes the query slower, at every call',
  remediation: [
    {
      kind: 'advice',
      title: 'Give the planner back what it had',
      text: 'Look at the node that made the difference: an index that was dropped or no longer fits, a type that no longer matches, a table that grew wider, a query that was written anew and hides from the planner what it could use before.',
    },
  ],
  core: false,
  *check(facts) {
    for (const change of [...facts.planChanges, ...facts.queryChanges]) {
      const before = change.base.measures.cost;
      const after = change.head.measures.cost;
      if (after < before * leastRatio) continue;
      const explained = explainChange(facts, change);
      const { difference } = explained.comparison;
      if (difference === null || isLostIndex(change, difference.relation)) continue;
      const severity = facts.severity('query/plan-regression', after - before);
      const figures = {
        before,
        after,
        ratio: before === 0 ? null : after / before,
        node: difference.node,
        // The same node may have become more expensive.
        earlier: difference.before === difference.node ? null : difference.before,
        tables: difference.relation === null ? difference.tables.join(', ') || null : null,
        nodeBefore: difference.before === null ? null : difference.costBefore,
        nodeAfter: difference.costAfter,
        relation: difference.relation,
        values: valuesOf(change.head),
        ...explained.facts,
      };
      yield onPlan(facts, change.head, severity, figures, explained.location);
    }
  },
});

/** Of a query that was planned with several. */
function valuesOf(head: PlanFacts): string | null {
  return realVariants(head.variants).length > 1 ? describeValues(head, head) : null;
}

/** One cause is told once: a relation that lost its index has a rule of its own. */
function isLostIndex({ base, head }: PlanChangeFacts, relation: string | null): boolean {
  return lostIndexes(base.measures, head.measures).some((lost) => lost.relation === relation);
}
