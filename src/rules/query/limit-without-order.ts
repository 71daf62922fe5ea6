import { onPlan } from '../on-plan.ts';
import { subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/limit-without-order',
  title: 'Which rows a LIMIT returns is left open',
  message: 'takes {returned:count} of {of:count} rows in no order',
  triggeredWhen:
    'the outermost SELECT has a LIMIT and no ORDER BY, and there are more rows than it takes. Queues (FOR UPDATE) are left out, which may take any row. To be switched on',
  impact:
    'PostgreSQL returns what it finds first: other rows after an update, a vacuum or a change of plan, and pages that overlap',
  remediation: [
    {
      kind: 'advice',
      title: 'Give it an order',
      text: 'Add ORDER BY with a column that is unique, such as the primary key, as its last.',
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const plan of facts.plans) {
      const outermost = textOf(plan.query)?.blocks.find((block) => block.outermost);
      if (outermost === undefined || !outermost.hasLimit || outermost.ordered || outermost.locks) continue;
      const limit = subtree(plan.plan).find(({ operation }) => operation.kind === 'limit');
      const of = limit?.children[0]?.rows ?? 0;
      if (limit === undefined || of <= limit.rows || outermost.sources.length === 0) continue;
      yield onPlan(facts, plan, 'low', { returned: limit.rows, of });
    }
  },
});
