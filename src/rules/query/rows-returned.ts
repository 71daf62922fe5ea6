import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/rows-returned',
  title: 'A query returns many rows',
  message: 'returns {rows:count} rows to the client',
  triggeredWhen: 'the result has more rows than a page or a batch needs',
  impact: 'the client receives, decodes and holds all of them',
  remediation: [
    {
      kind: 'advice',
      title: 'Return less',
      text: 'Put a LIMIT on it and page by key, or aggregate in the database.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const { rowsReturned } = plan.measures;
      yield onPlan(facts, plan, facts.severity('query/rows-returned', rowsReturned), { rows: rowsReturned });
    }
  },
});
