import { onPlan } from '../on-plan.ts';
import { measureOf } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/order-by-random',
  title: 'Rows are picked by sorting them at random',
  message: 'gives each of {rows:count} rows a random number and sorts them, to return {returned:count}',
  triggeredWhen: 'ORDER BY random() sorts many rows',
  impact: 'every row is read and sorted for the few that are picked, and no index can deliver the order',
  remediation: [
    {
      kind: 'advice',
      title: 'Pick by key or by sample',
      text: 'For some rows of a large table `FROM t TABLESAMPLE SYSTEM_ROWS(10)` (extension tsm_system_rows), or a random key: `WHERE id >= $1 ORDER BY id LIMIT 1`, with a number between the least and the greatest id. Among few rows, narrow the condition first.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      if (!(textOf(plan.query)?.traits.sortsAtRandom ?? false)) continue;
      const rows = plan.measures.nodes
        .filter(
          ({ node: { operation } }) =>
            operation.kind === 'sort' && operation.keys.some((key) => isRandom(key)),
        )
        .flatMap(({ node }) => node.children.slice(0, 1))
        .reduce((sum, input) => sum + measureOf(plan, input).rowsReturned, 0);
      yield onPlan(facts, plan, facts.severity('query/order-by-random', rows), {
        rows: Math.round(rows),
        returned: plan.measures.rowsReturned,
      });
    }
  },
});

function isRandom(key: string): boolean {
  return /\b(random|gen_random_uuid)\(\)/.test(key);
}
