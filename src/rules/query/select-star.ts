import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/select-star',
  title: 'A query selects *',
  message: 'selects `*`, now {columns:count} columns',
  triggeredWhen: 'the result of a captured query holds a `*` that stands for the columns of a table or view',
  impact: 'its result changes with every column that is added, and it reads columns that nobody uses',
  remediation: [
    { kind: 'advice', title: 'Name the columns', text: 'Select the columns that are used, by name.' },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const severity = plan.shape.selectsStar ? 'low' : 'healthy';
      yield onPlan(facts, plan, severity, { columns: plan.measures.columnsReturned });
    }
  },
});
