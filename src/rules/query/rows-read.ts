import type { Severity } from '../../model/insight.ts';
import type { Measures } from '../../model/plan.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { worse } from '../severity.ts';

/** From which share of rows thrown away, and how many rows read for one returned, a finding is one step worse. */
const needless = { share: 0.99, perReturned: 100 };

export default defineRule({
  id: 'query/rows-read',
  title: 'A query reads many rows',
  message: 'reads {rows:count} rows to return {returned:count}, most of them from {table:code}',
  triggeredWhen:
    'the scans of one execution fetch many rows, before their filters, each as often as it runs; one step worse where nearly all are thrown away',
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
      const severity = stepped(facts.severity('query/rows-read', rowsRead), plan.measures);
      yield onPlan(facts, plan, severity, {
        rows: rowsRead,
        returned: rowsReturned,
        table: most?.table ?? null,
      });
    }
  },
});

function stepped(severity: Severity, { rowsRead, rowsFiltered, rowsReturned }: Measures): Severity {
  const isNeedless =
    rowsFiltered >= rowsRead * needless.share && rowsRead >= rowsReturned * needless.perReturned;
  return isNeedless && severity !== 'low' ? worse(severity) : severity;
}
