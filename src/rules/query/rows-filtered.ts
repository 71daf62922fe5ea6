import type { Severity } from '../../model/insight.ts';
import type { ScanDetail } from '../../model/plan.ts';
import type { Facts } from '../facts.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { compareSeverity, milder } from '../severity.ts';

export default defineRule({
  id: 'query/rows-filtered',
  title: 'A query throws away most of what it reads',
  message:
    'reads {read:count} rows of {table:code} and throws {filtered:count} of them away ({share:percent})',
  triggeredWhen: 'a scan fetches many rows that its filter then rejects',
  impact: 'the work is done for rows that nobody asked for, and grows with the table',
  remediation: [
    {
      kind: 'advice',
      title: 'Let an index find the rows',
      text: 'Create an index that begins with the columns compared by `=` in the filter, followed by one that is compared by a range or sorted by. A condition that is always the same can be the WHERE clause of a partial index.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const rated = byTable(facts, plan.measures.scans).map((scan) => ({
        scan,
        severity: severityOf(facts, scan.rowsRead, scan.rowsFiltered),
      }));
      const [worst] = rated.toSorted(
        (a, b) => compareSeverity(b.severity, a.severity) || b.scan.rowsFiltered - a.scan.rowsFiltered,
      );
      const { rowsRead = 0, rowsFiltered = 0, table = null } = worst?.scan ?? {};
      yield onPlan(facts, plan, worst?.severity ?? 'healthy', {
        read: rowsRead,
        filtered: rowsFiltered,
        share: shareOf(rowsFiltered, rowsRead),
        table,
      });
    }
  },
});

type Filtering = Pick<ScanDetail, 'table' | 'rowsRead' | 'rowsFiltered'>;

/** Scans, those of the partitions of one table taken together. */
function byTable(facts: Facts, scans: readonly ScanDetail[]): readonly Filtering[] {
  const partitioned = new Set(facts.schema.all('partitioned table').map(({ name }) => name));
  const groups = Map.groupBy(scans, (scan) => (partitioned.has(scan.table) ? scan.table : scan));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sum = (of: (scan: ScanDetail) => number) => group.reduce((total, scan) => total + of(scan), 0);
    return [
      {
        table: first.table,
        rowsRead: sum(({ rowsRead }) => rowsRead),
        rowsFiltered: sum(({ rowsFiltered }) => rowsFiltered),
      },
    ];
  });
}

/** Shares below which a severity is not reached, however many rows it is. */
const leastShare: readonly (readonly [number, Severity])[] = [
  [0.5, 'healthy'],
  [0.9, 'low'],
  [0.99, 'high'],
];

function severityOf(facts: Facts, read: number, filtered: number): Severity {
  const byRows = facts.severity('query/rows-filtered', filtered);
  const cap = leastShare.find(([share]) => shareOf(filtered, read) < share)?.[1] ?? 'critical';
  return milder(byRows, cap);
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
