import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/rows-read',
  title: 'A query reads many rows',
  message: 'reads {rows:count} rows to return {returned:count}, most of them from {table:code}',
  triggeredWhen: 'the scans of one execution fetch many rows, before their filters, each as often as it runs',
  impact: 'time, memory and disk traffic grow with the rows that are read, not with those that are returned',
  remediation: [
    {
      kind: 'advice',
      title: 'Read less',
      text: 'Give the costliest scan an index on the columns that it filters or joins by, narrow the condition, or put a LIMIT on a result that is shown in pages.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const { rowsRead, rowsReturned, scans } = plan.measures;
      const most = scans.toSorted((a, b) => b.rowsRead - a.rowsRead)[0];
      yield onPlan(facts, plan, facts.severity('query/rows-read', rowsRead), {
        rows: rowsRead,
        returned: rowsReturned,
        table: most?.table ?? null,
      });
    }
  },
});
