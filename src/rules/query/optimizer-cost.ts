import { describeNode } from '../../plans/compare.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/optimizer-cost',
  title: 'A query is expensive',
  message: 'costs {cost:count}, {share:percent} of it in {node:code}',
  triggeredWhen: "the planner's total cost is high; a cost of 1 is one page read in sequence",
  impact: 'what the planner expects to be slow mostly is',
  remediation: [
    {
      kind: 'advice',
      title: 'Start with the costliest node',
      text: 'The detail table lists the scans by cost, worst first.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const { cost, nodes } = plan.measures;
      const [most] = nodes.toSorted((a, b) => b.exclusiveCost - a.exclusiveCost);
      yield onPlan(facts, plan, facts.severity('query/optimizer-cost', cost), {
        cost,
        node: most === undefined ? null : describeNode(most.node),
        share: most === undefined || cost === 0 ? 0 : Math.min(1, most.exclusiveCost / cost),
      });
    }
  },
});
