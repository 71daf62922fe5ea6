import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/columns-returned',
  title: 'A query returns many columns',
  message: 'returns {columns:count} columns',
  triggeredWhen: 'the result has more columns than a reader is likely to use',
  impact: 'each row is wider than it need be, and no index alone can answer the query',
  remediation: [
    { kind: 'advice', title: 'Name the columns', text: 'Select only the columns that are used.' },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const columns = plan.measures.columnsReturned;
      yield onPlan(facts, plan, facts.severity('query/columns-returned', columns), { columns });
    }
  },
});
