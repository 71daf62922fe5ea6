import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/result-size',
  title: 'A query returns much data',
  message: 'returns {bytes:bytes}: {rows:count} rows of {width:bytes} each',
  triggeredWhen: 'rows returned, times their average width, is large',
  impact: 'the network carries it and the client holds it, at every call',
  remediation: [
    {
      kind: 'advice',
      title: 'Return less',
      text: 'Select the columns that are used, and put a LIMIT on the rows.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const { resultBytes, rowsReturned } = plan.measures;
      yield onPlan(facts, plan, facts.severity('query/result-size', resultBytes), {
        bytes: resultBytes,
        rows: rowsReturned,
        width: plan.plan.width,
      });
    }
  },
});
