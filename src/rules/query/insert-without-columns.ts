import { onPlan } from '../on-plan.ts';
import { nameOfRelation } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/insert-without-columns',
  title: 'An INSERT names no columns',
  message: 'inserts into {table:code} by the order of its columns',
  triggeredWhen: 'an INSERT of the application has no list of columns. To be switched on',
  impact: 'a column that is added or dropped makes it fail, or puts values where they do not belong',
  remediation: [
    {
      kind: 'advice',
      title: 'Name the columns',
      text: '`INSERT INTO t (a, b) VALUES ($1, $2)` keeps working when columns are added.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const plan of facts.plans) {
      const root = plan.plan.operation;
      if (root.kind !== 'modify' || !(textOf(plan.query)?.traits.insertsUnnamed ?? false)) continue;
      yield {
        ...onPlan(facts, plan, 'low', { table: nameOfRelation(root.relation) }),
        confidence: 'text only',
      };
    }
  },
});
