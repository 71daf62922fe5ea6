import type { IndexChange, IndexGap } from '../../migrations/index-gaps.ts';
import type { PlacedStatement } from '../../migrations/transactions.ts';
import type { Severity } from '../../model/insight.ts';
import { indexesUsed } from '../../plans/compare.ts';
import { alike } from '../../plans/parameters/judge.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { endOf, placeOf, secondsBetween } from '../in-between.ts';
import { confidenceOf, queryName, shownScans } from '../on-plan.ts';
import { assumedRemark, onStatement } from '../on-statement.ts';
import {
  type BusyAt,
  busyAt,
  connectionsOf,
  leastRatio,
  type QueryInGap,
  queriesHit,
} from '../queries-in-gap.ts';
import { defineRule, type Finding } from '../rule.ts';
import { worse } from '../severity.ts';

export default defineRule({
  id: 'migration/plan-gap',
  title: 'Queries run without an index until another is built',
  message:
    '[[drops {index:code} before {successor:code} is built]][[leaves the schema halfway until {until:code} has run]]: for {low..high:seconds}, {query:code} costs {during:count} instead of {before:count} ({after:count} afterwards)[[ on {table:code} ({rows:count}{assumed} rows)]][[, as {others:count} more of the queries do]][[; {callsPerSecond:count} calls a second then keep {connectionsLow:count} to {connectionsHigh:count} connections busy]][[ instead of {usuallyLow:count} to {usuallyHigh:count}]][[ instead of less than {fewerThan:count}]][[, of a pool of {pool:count}]]',
  triggeredWhen:
    'after a transaction that takes away something which a query uses, such as an index, and before a later one puts something in its place, the query costs twice as much as both at base and at head, and a thousand more',
  impact:
    'until the change goes on, each execution reads what it had left alone; requests pile up until no connection is left for any other. If the deploy stops there, it stays so',
  remediation: [
    {
      kind: 'advice',
      title: 'Create first, drop after',
      text: 'Build the new index with CREATE INDEX CONCURRENTLY while the old one is still there, and drop {index} after it; best in a later deploy, once nothing uses it any more. If both are to have one name, build the new one under another and rename it.',
      needs: 'index',
    },
    {
      kind: 'advice',
      title: 'Do both in one transaction, or put the new in place first',
      text: 'Nobody sees what is halfway in a transaction. Where what comes after it takes long, put in place first what is to serve the queries, and take away the old after it.',
      needs: 'until',
    },
  ],
  core: false,
  *check(facts) {
    for (const [index, step] of facts.steps.entries()) {
      const hit = queriesHit(facts, step, facts.steps.slice(0, index));
      // The pool is one for all of them.
      const busy = busyAt(facts, hit);
      const told = new Set<QueryInGap>();
      for (const gap of step.gaps) {
        const [worst, ...others] = hit.filter(({ during }) => during.measures.tables.includes(gap.table));
        if (worst === undefined) continue;
        for (const each of [worst, ...others]) told.add(each);
        const severity = severityOf(facts, worst, busy);
        if (severity !== 'healthy') yield onGap(facts, gap, worst, others.length, severity, busy);
      }
      const rest = hit.filter((each) => !told.has(each));
      for (const [by, [worst, ...others]] of Map.groupBy(rest, (each) => each.by)) {
        if (worst === undefined) continue;
        const severity = severityOf(facts, worst, busy);
        if (severity !== 'healthy') yield halfway(facts, by, index, worst, others.length, severity, busy);
      }
    }
  },
});

/** By the cost, and worse where the queries may need every connection of the pool. */
function severityOf(facts: Facts, { added }: QueryInGap, busy: BusyAt | null): Severity {
  const severity = facts.severity('migration/plan-gap', added);
  const pool = facts.change?.deploy.pool ?? null;
  const isExhausted = busy !== null && pool !== null && busy.during.connections.high > pool;
  return isExhausted ? worse(severity) : severity;
}

function onGap(
  facts: Facts,
  gap: IndexGap,
  worst: QueryInGap,
  others: number,
  severity: Severity,
  busy: BusyAt | null,
): Finding {
  const lost = ofWholeTable(gap, usedBy(worst.base, gap.lost) ?? gap.lost[0]);
  const built = usedBy(worst.head, gap.built) ?? lastOf(gap.built);
  const finding = onStatement(lost.by, severity, {
    index: lost.index,
    successor: built.index,
    until: null,
    ...figuresOf(facts, gap.table, worst, others, busy),
    ...secondsBetween(facts, lost.by, built.by),
  });
  return withPlan(facts, finding, worst, gap.table);
}

/** What is worse for another reason than an index that is missing. */
function halfway(
  facts: Facts,
  by: PlacedStatement,
  index: number,
  worst: QueryInGap,
  others: number,
  severity: Severity,
  busy: BusyAt | null,
): Finding {
  const { during } = worst;
  const [costliest] = during.measures.scans.toSorted((a, b) => b.cost - a.cost);
  const until = endOf(facts, index, worst.query.fingerprint, ({ plans }) => {
    const then = plans.get(worst.query.fingerprint);
    const cost = then === undefined ? null : alike(then, during)?.measures.cost;
    return cost != null && cost < during.measures.cost / leastRatio;
  });
  const finding = onStatement(by, severity, {
    index: null,
    successor: null,
    until: placeOf(until),
    ...figuresOf(facts, costliest?.table ?? null, worst, others, busy),
    ...secondsBetween(facts, by, until),
  });
  return withPlan(facts, finding, worst, worst.query.fingerprint);
}

function figuresOf(
  facts: Facts,
  name: string | null,
  { query, base, during, head }: QueryInGap,
  others: number,
  busy: BusyAt | null,
) {
  const table = name === null ? null : facts.table(name);
  return {
    table: table?.name ?? null,
    rows: table?.rows ?? null,
    assumed: table === null ? '' : assumedRemark(table),
    query: queryName(query),
    fingerprint: query.fingerprint,
    others: others === 0 ? null : others,
    before: base.measures.cost,
    during: during.measures.cost,
    after: head.measures.cost,
    ...connectionsOf(busy, facts.change?.deploy.pool ?? null),
  };
}

function withPlan(facts: Facts, finding: Finding, { query, during }: QueryInGap, about: string): Finding {
  return {
    ...finding,
    confidence: confidenceOf(facts, during),
    evidence: {
      ...finding.evidence,
      scans: during.measures.scans.slice(0, shownScans),
      queries: [query.fingerprint],
    },
    identity: [...finding.identity, about],
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
