import type { PlanFacts } from '../facts.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { worse } from '../severity.ts';

export default defineRule({
  id: 'query/tables-joined',
  title: 'A query joins many tables',
  message: 'joins {tables:count} tables; {fanOut:count} of the joins multiply rows',
  triggeredWhen: 'a plan reads many relations; joins that multiply rows make it one step worse',
  impact:
    'errors of the estimates multiply from join to join, and two joins to many rows each repeat one side for every row of the other',
  remediation: [
    {
      kind: 'advice',
      title: 'Split it',
      text: 'Load each collection with a query of its own, by the keys of the first, instead of one join of all.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const tables = plan.measures.tables.length;
      const fanOut = multiplyingJoins(plan);
      const severity = facts.severity('query/tables-joined', tables);
      yield onPlan(facts, plan, fanOut > 1 ? worse(severity) : severity, { tables, fanOut });
    }
  },
});

/** Joins that hand on more rows than they got from their outer side. */
function multiplyingJoins({ measures }: PlanFacts): number {
  return measures.nodes.filter(({ node }) => {
    const outer = node.children.find(({ role }) => role === 'outer');
    return (
      node.operation.kind === 'join' && !node.operation.innerUnique && node.rows > (outer?.rows ?? node.rows)
    );
  }).length;
}
