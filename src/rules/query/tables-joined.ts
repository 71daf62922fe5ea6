import { multiplying, namesOfSources } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';
import { worse } from '../severity.ts';

export default defineRule({
  id: 'query/tables-joined',
  title: 'A query joins many tables',
  message: 'joins {tables:count} tables[[; {many:code} multiply each other]]',
  triggeredWhen:
    'a plan reads many relations; two or more joins to many rows that multiply each other make it one step worse',
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
      const severity = facts.severity('query/tables-joined', tables);
      // The text is asked only where it matters.
      const joins = severity === 'healthy' ? [] : multiplying(facts, plan, textOf(plan.query)?.blocks ?? []);
      yield onPlan(facts, plan, joins.length > 1 ? worse(severity) : severity, {
        tables,
        fanOut: joins.length,
        many: joins.length > 1 ? namesOfSources(joins) : null,
      });
    }
  },
});
