import { onPlan } from '../on-plan.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/equals-null',
  title: 'A comparison with NULL is never true',
  message: 'compares {column:code} by `{operator} NULL`, which is unknown for every row',
  triggeredWhen: 'the text compares something with the constant NULL by `=` or `<>`',
  impact: 'a condition that is unknown lets no row through: the query returns less than it was written for',
  remediation: [
    {
      kind: 'advice',
      title: 'Ask for NULL',
      text: '`IS NULL` and `IS NOT NULL` ask for it; for a value that may be NULL, `IS NOT DISTINCT FROM $1`.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [first] = textOf(plan.query)?.traits.nullComparisons ?? [];
      if (first === undefined) continue;
      yield { ...onPlan(facts, plan, 'medium', { ...first }), confidence: 'text only' };
    }
  },
});
