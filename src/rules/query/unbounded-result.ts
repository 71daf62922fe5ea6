import { tableOf } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/unbounded-result',
  title: 'A query returns a whole table',
  message: 'returns all {rows:count} rows of {table:code}: it has no condition and no LIMIT',
  triggeredWhen: 'a SELECT of many rows has neither WHERE nor LIMIT, and aggregates nothing',
  impact: 'its time and the memory of its client grow with the table, for as long as the table does',
  remediation: [
    {
      kind: 'advice',
      title: 'Bound it',
      text: 'Add a LIMIT and page by key (`WHERE id > $1 ORDER BY id LIMIT 1000`). A job that does read everything takes it through a cursor, or COPY.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const outermost = textOf(plan.query)?.blocks.find((block) => block.outermost);
      const first = outermost?.sources[0];
      if (outermost === undefined || first === undefined) continue;
      const isGrouped = outermost.aggregates.length > 0 || outermost.grouping !== null || outermost.distinct;
      const table = tableOf(facts, plan, first);
      if (outermost.hasWhere || outermost.hasLimit || isGrouped || table === null) continue;
      const rows = plan.measures.rowsReturned;
      yield onPlan(facts, plan, facts.severity('query/unbounded-result', rows), { rows, table: table.name });
    }
  },
});
