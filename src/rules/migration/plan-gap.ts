import { type BusyConnections, busyConnections } from '../../estimates/connections.ts';
import { sumOf } from '../../estimates/range.ts';
import type { IndexChange, IndexGap } from '../../migrations/index-gaps.ts';
import type { PlacedStatement } from '../../migrations/transactions.ts';
import type { Range } from '../../model/estimate.ts';
import type { Severity } from '../../model/insight.ts';
import type { Measures } from '../../model/plan.ts';
import { indexesUsed } from '../../plans/compare.ts';
import { alike, realVariants, seenWith } from '../../plans/parameters/judge.ts';
import type { Facts, PlanChangeFacts, PlanFacts, TableFacts } from '../facts.ts';
import { confidenceOf, querySubject, shownScans } from '../on-plan.ts';
import { assumedRemark, onStatement } from '../on-statement.ts';
import { defineRule, type Finding } from '../rule.ts';
import { worse } from '../severity.ts';
import type { StepFacts } from '../step-facts.ts';

/** How many times its cost at base, and at head, a query must cost in between. */
const leastRatio = 2;

export default defineRule({
  id: 'migration/plan-gap',
  title: 'Queries run without an index until another is built',
  message:
    'drops {index:code} before {successor:code} is built: for {low..high:seconds}, {query:code} costs {during:count} instead of {before:count} ({after:count} afterwards) on {table:code} ({rows:count}{assumed} rows)[[; {callsPerSecond:count} calls a second then keep {connectionsLow:count} to {connectionsHigh:count} connections busy]][[ of a pool of {pool:count}]]',
  triggeredWhen:
    'after a transaction that takes an index away, and before a later one builds an index on the same table, a query costs twice as much as both at base and at head, and a thousand more',
  impact:
    'until the new index is there, each execution reads what an index had left alone; requests pile up until no connection is left for any other',
  remediation: [
    {
      kind: 'advice',
      title: 'Create first, drop after',
      text: 'Build the new index with CREATE INDEX CONCURRENTLY while the old one is still there, and drop {index} after it; best in a later deploy, once nothing uses it any more. If both are to have one name, build the new one under another and rename it.',
    },
  ],
  core: false,
  *check(facts) {
    for (const [index, step] of facts.steps.entries()) {
      for (const gap of step.gaps) {
        const table = facts.table(gap.table);
        const [worst, ...others] = queriesInGap(facts, step, facts.steps.slice(0, index), gap);
        if (table === null || worst === undefined) continue;
        const busy = busyInGap(facts, table, [worst, ...others]);
        const severity = severityOf(facts, worst, busy);
        if (severity !== 'healthy') yield onGap(facts, gap, table, worst, severity, busy);
      }
    }
  },
});

/** A query that is planned well at base and at head, and badly in between. */
interface QueryInGap extends PlanChangeFacts {
  readonly during: PlanFacts;
  /** Cost in between beyond the higher of the other two. */
  readonly added: number;
}

/** The worst first. What was as bad at the last step that it was planned at is told there. */
function queriesInGap(
  facts: Facts,
  step: StepFacts,
  earlier: readonly StepFacts[],
  { table }: IndexGap,
): readonly QueryInGap[] {
  return facts.planChanges
    .flatMap((change): readonly QueryInGap[] => {
      const { fingerprint } = change.query;
      const planned = step.plans.get(fingerprint);
      if (planned === undefined || !planned.measures.tables.includes(table)) return [];
      const before = earlier.findLast(({ plans }) => plans.has(fingerprint))?.plans.get(fingerprint);
      const [worst] = withSameValues(change, planned)
        .filter(({ during, base, head }) => {
          const costBefore = before === undefined ? 0 : (alike(before, during)?.measures.cost ?? 0);
          return during.measures.cost >= Math.max(usualCost(base, head), costBefore) * leastRatio;
        })
        .toSorted((a, b) => b.added - a.added);
      return worst === undefined ? [] : [worst];
    })
    .toSorted((a, b) => b.added - a.added);
}

/** With all values that the query was planned with everywhere. */
function withSameValues(change: PlanChangeFacts, planned: PlanFacts): readonly QueryInGap[] {
  return realVariants(planned.variants).flatMap((variant): readonly QueryInGap[] => {
    const [base, head] = [alike(change.base, variant), alike(change.head, variant)];
    if (base === null || head === null) return [];
    const during = seenWith(planned, variant);
    return [{ query: change.query, base, during, head, added: during.measures.cost - usualCost(base, head) }];
  });
}

function usualCost(base: PlanFacts, head: PlanFacts): number {
  return Math.max(base.measures.cost, head.measures.cost);
}

function busyInGap(facts: Facts, table: TableFacts, queries: readonly QueryInGap[]): BusyConnections | null {
  const deploy = facts.change?.deploy;
  if (deploy === undefined) return null;
  const reading = queries.map(({ query, during }) => ({
    query,
    rowsRead: rowsReadOf(during.measures, table.name),
  }));
  return busyConnections(
    { rows: table.rows, bytes: facts.bytesOf(table.name) },
    reading,
    deploy.throughput,
    deploy.capturedSeconds,
  );
}

function rowsReadOf({ scans }: Measures, table: string): number {
  return scans.filter((scan) => scan.table === table).reduce((sum, { rowsRead }) => sum + rowsRead, 0);
}

/** By the cost, and worse where the queries may need every connection of the pool. */
function severityOf(facts: Facts, { added }: QueryInGap, busy: BusyConnections | null): Severity {
  const severity = facts.severity('migration/plan-gap', added);
  const pool = facts.change?.deploy.pool ?? null;
  const isExhausted = busy !== null && pool !== null && busy.connections.high > pool;
  return isExhausted ? worse(severity) : severity;
}

function onGap(
  facts: Facts,
  gap: IndexGap,
  table: TableFacts,
  { query, base, during, head }: QueryInGap,
  severity: Severity,
  busy: BusyConnections | null,
): Finding {
  const lost = ofWholeTable(gap, usedBy(base, gap.lost) ?? gap.lost[0]);
  const built = usedBy(head, gap.built) ?? lastOf(gap.built);
  const finding = onStatement(lost.by, severity, {
    index: lost.index,
    successor: built.index,
    table: table.name,
    rows: table.rows,
    assumed: assumedRemark(table),
    query: querySubject(query).name,
    before: base.measures.cost,
    during: during.measures.cost,
    after: head.measures.cost,
    ...secondsBetween(facts, lost.by, built.by),
    ...load(busy, facts.change?.deploy.pool ?? null),
  });
  return {
    ...finding,
    confidence: confidenceOf(facts, during),
    evidence: { ...finding.evidence, scans: during.measures.scans.slice(0, shownScans) },
    identity: [...finding.identity, gap.table],
  };
}

function lastOf<T>([first, ...rest]: readonly [T, ...T[]]): T {
  return rest.at(-1) ?? first;
}

function usedBy({ measures }: PlanFacts, changes: readonly IndexChange[]): IndexChange | undefined {
  const used = indexesUsed(measures);
  return changes.find(({ index }) => used.has(index));
}

/** The index that a partition's one goes with. */
function ofWholeTable({ table, lost }: IndexGap, change: IndexChange): IndexChange {
  if (change.table === table) return change;
  return lost.find((each) => each.by === change.by && each.table === table) ?? change;
}

/** From the commit of one transaction to that of another: the time that the statements after the first take. */
function secondsBetween(facts: Facts, lostBy: PlacedStatement, builtBy: PlacedStatement): Range {
  const { statements } = facts;
  const endOf = ({ statement }: PlacedStatement) =>
    statements.findLastIndex(
      (each) =>
        each.statement === statement ||
        (statement.transaction !== null && each.statement.transaction === statement.transaction),
    );
  const between = statements.slice(endOf(lostBy) + 1, endOf(builtBy) + 1);
  return sumOf(between.map((each) => facts.secondsOf(each)));
}

/** Nulls where the workload does not tell, or less than one connection is busy. */
function load(busy: BusyConnections | null, pool: number | null) {
  if (busy === null || busy.connections.high < 1) {
    return { callsPerSecond: null, connectionsLow: null, connectionsHigh: null, pool: null };
  }
  const { callsPerSecond, connections } = busy;
  return { callsPerSecond, connectionsLow: connections.low, connectionsHigh: connections.high, pool };
}
