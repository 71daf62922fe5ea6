import type { LockSpan, WaitingQuery } from '../model/estimate.ts';
import { conflict, type Lock } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import { callsPerSecondOf, type Frequency } from './frequency.ts';
import type { Span } from './lock-spans.ts';
import { times } from './range.ts';

/** A captured query with the locks that it takes, as it runs before the change. */
export interface LockingQuery {
  readonly query: Query;
  readonly locks: readonly Lock[];
}

/** What is known of how often the application asks. Null: not known. */
export interface Traffic extends Frequency {
  /** Connections of the application's pool. */
  readonly pool: number | null;
}

/**
 * Who waits for a lock to be released. The requests that have queued by then are arrivals a second times seconds
 * (Little's law); each of them holds a connection, so that the pool is exhausted after connections by arrivals.
 */
export function withWaiting(span: Span, queries: readonly LockingQuery[], traffic: Traffic): LockSpan {
  const waiting = queries
    .filter(({ locks }) => locks.some((lock) => hasToWait(lock, span)))
    .map(({ query }): WaitingQuery => {
      const { fingerprint, name, origins, sql } = query;
      return { fingerprint, name, sql, origins, callsPerSecond: callsPerSecondOf(query, traffic) };
    })
    .toSorted((a, b) => (b.callsPerSecond ?? 0) - (a.callsPerSecond ?? 0));
  const arrivals = arrivalsPerSecond(waiting);
  return {
    ...span,
    waiting,
    queued: arrivals === null ? null : times(span.seconds, arrivals),
    poolExhaustedAfter: exhaustedAfter(arrivals, traffic.pool, span.seconds.high),
  };
}

/** The planner looks at every index of a table, so that a lock on one of them is in the way of all queries on it. */
function hasToWait(lock: Lock, { relation, mode, index }: Span): boolean {
  return lock.relation === relation && (index !== null || conflict(lock.mode, mode));
}

/** Null where the workload does not tell. */
function arrivalsPerSecond(waiting: readonly WaitingQuery[]): number | null {
  return waiting.reduce<number | null>(
    (sum, { callsPerSecond }) => (sum === null || callsPerSecond === null ? null : sum + callsPerSecond),
    0,
  );
}

function exhaustedAfter(arrivals: number | null, pool: number | null, longest: number): number | null {
  if (arrivals === null || arrivals === 0 || pool === null) return null;
  const seconds = pool / arrivals;
  return seconds <= longest ? seconds : null;
}
