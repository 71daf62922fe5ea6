import type { DeployReview } from '../model/deploy.ts';
import type { DeployEstimate, LockSpan, Range, StatementEstimate, WaitingQuery } from '../model/estimate.ts';
import type { StatementReview } from '../model/reviewed-migration.ts';
import { queryName } from '../rules/on-plan.ts';

/** The estimates, as review.json has them. */
export function deployReview({ seconds, throughput, pool, spans, tables }: DeployEstimate): DeployReview {
  return {
    seconds: rounded(seconds),
    throughput: {
      read: ends(throughput.read),
      write: ends(throughput.write),
      indexRows: ends(throughput.indexRows),
      changedRows: ends(throughput.changedRows),
    },
    pool,
    locks: spans.toSorted((a, b) => b.seconds.high - a.seconds.high).map(lockReview),
    tables: tables.map((table) => ({ ...table, seconds: rounded(table.seconds) })),
  };
}

function lockReview(span: LockSpan): DeployReview['locks'][number] {
  const { relation, mode, index, file, from, toFile, to, seconds, waiting, queued, poolExhaustedAfter } =
    span;
  return {
    relation,
    mode,
    index,
    from: { file, line: from.line },
    to: { file: toFile, line: to.endLine },
    seconds: rounded(seconds),
    waiting: waiting.map(waitingReview),
    queued: queued === null ? null : rounded(queued),
    poolExhaustedAfter: poolExhaustedAfter === null ? null : round(poolExhaustedAfter),
  };
}

function waitingReview(query: WaitingQuery): DeployReview['locks'][number]['waiting'][number] {
  const { fingerprint, callsPerSecond } = query;
  return {
    fingerprint,
    name: queryName(query),
    callsPerSecond: callsPerSecond === null ? null : round(callsPerSecond),
  };
}

export function statementEstimate(estimate: StatementEstimate | null): StatementReview['estimate'] {
  if (estimate === null) return null;
  const { seconds, work } = estimate;
  return {
    seconds: rounded(seconds),
    work: work.map((each) => ({ ...each, seconds: rounded(each.seconds) })),
  };
}

function ends({ low, high }: Range): [number, number] {
  return [low, high];
}

function rounded({ low, high }: Range): [number, number] {
  return [round(low), round(high)];
}

/** An estimate has no more digits than that. */
function round(value: number): number {
  return Number(value.toPrecision(3));
}
