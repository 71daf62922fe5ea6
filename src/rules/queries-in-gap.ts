import { type BusyConnections, busyConnections } from '../estimates/connections.ts';
import { exactly, secondsAt } from '../estimates/range.ts';
import type { PlacedStatement } from '../migrations/transactions.ts';
import type { Range } from '../model/estimate.ts';
import type { Measures } from '../model/plan.ts';
import { alike, realVariants, seenWith } from '../plans/parameters/judge.ts';
import type { Facts } from './facts.ts';
import type { PlanChangeFacts, PlanFacts } from './facts-source.ts';
import type { StepFacts } from './step-facts.ts';

/** How many times its cost at base, and at head, a query must cost in between. */
export const leastRatio = 2;

/** A query that is planned well at base and at head, and badly in between. */
export interface QueryInGap extends PlanChangeFacts {
  readonly during: PlanFacts;
  /** Cost in between beyond the higher of the other two. */
  readonly added: number;
  readonly by: PlacedStatement;
}

/** The worst first. What was as bad at the last step that it was planned at is told there. */
export function queriesHit(
  facts: Facts,
  step: StepFacts,
  earlier: readonly StepFacts[],
): readonly QueryInGap[] {
  return facts.planChanges
    .flatMap((change): readonly QueryInGap[] => {
      const { fingerprint } = change.query;
      const planned = step.plans.get(fingerprint);
      const by = step.queries.get(fingerprint)?.by;
      if (planned === undefined || by === undefined) return [];
      const before = earlier.findLast(({ plans }) => plans.has(fingerprint))?.plans.get(fingerprint);
      const [worst] = withSameValues(change, planned)
        .filter(({ during, base, head }) => {
          const costBefore = before === undefined ? 0 : (alike(before, during)?.measures.cost ?? 0);
          return during.measures.cost >= Math.max(usualCost(base, head), costBefore) * leastRatio;
        })
        .toSorted((a, b) => b.added - a.added);
      return worst === undefined ? [] : [{ ...worst, by }];
    })
    .toSorted((a, b) => b.added - a.added);
}

/** With all values that the query was planned with everywhere. */
function withSameValues(change: PlanChangeFacts, planned: PlanFacts): readonly Omit<QueryInGap, 'by'>[] {
  return realVariants(planned.variants).flatMap((variant): readonly Omit<QueryInGap, 'by'>[] => {
    const [base, head] = [alike(change.base, variant), alike(change.head, variant)];
    if (base === null || head === null) return [];
    const during = seenWith(planned, variant);
    return [{ query: change.query, base, during, head, added: during.measures.cost - usualCost(base, head) }];
  });
}

function usualCost(base: PlanFacts, head: PlanFacts): number {
  return Math.max(base.measures.cost, head.measures.cost);
}

/** Connections while the step lasts, and as it is otherwise; null where the workload does not tell. */
export interface BusyAt {
  readonly during: BusyConnections;
  readonly usually: BusyConnections;
}

export function busyAt(facts: Facts, queries: readonly QueryInGap[]): BusyAt | null {
  const deploy = facts.change?.deploy;
  if (deploy === undefined) return null;
  const reading = (plan: (each: QueryInGap) => PlanFacts) =>
    queries.map((each) => ({ query: each.query, seconds: secondsToRead(facts, plan(each).measures) }));
  const during = busyConnections(
    reading((each) => each.during),
    deploy,
  );
  const usually = busyConnections(
    reading(({ base, head }) => (base.measures.cost > head.measures.cost ? base : head)),
    deploy,
  );
  return during === null || usually === null ? null : { during, usually };
}

/** The time to read in sequence as much of its tables as a plan reads of them. */
function secondsToRead(facts: Facts, { scans }: Measures): Range {
  const throughput = facts.change?.deploy.throughput;
  if (throughput === undefined) return exactly(0);
  const bytes = scans.map(({ table, rowsRead }) => {
    const rows = facts.table(table)?.rows ?? 0;
    return rows === 0 ? 0 : (rowsRead / rows) * facts.bytesOf(table);
  });
  return secondsAt(exactly(bytes.reduce((sum, each) => sum + each, 0)), throughput.read);
}

/** Nulls where the workload does not tell, or less than one connection is busy. */
export function connectionsOf(busy: BusyAt | null, pool: number | null) {
  const nothing = {
    connectionsLow: null,
    connectionsHigh: null,
    usuallyLow: null,
    usuallyHigh: null,
    fewerThan: null,
  };
  if (busy === null || busy.during.connections.high < 1)
    return { callsPerSecond: null, ...nothing, pool: null };
  const { during, usually } = busy;
  const isWorthTelling = usually.connections.high >= 1;
  return {
    callsPerSecond: during.callsPerSecond,
    connectionsLow: during.connections.low,
    connectionsHigh: during.connections.high,
    usuallyLow: isWorthTelling ? usually.connections.low : null,
    usuallyHigh: isWorthTelling ? usually.connections.high : null,
    fewerThan: isWorthTelling ? null : 1,
    pool,
  };
}
