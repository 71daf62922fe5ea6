import type { Range } from '../model/estimate.ts';
import type { Query } from '../model/query.ts';
import { callsPerSecondOf, type Frequency } from './frequency.ts';
import { sumOf, times } from './range.ts';

/** A captured query, and how long each execution of it reads. */
interface ReadingQuery {
  readonly query: Query;
  readonly seconds: Range;
}

/** Connections that queries keep busy while they read. */
export interface BusyConnections {
  /** Executions of all of them together. */
  readonly callsPerSecond: number;
  readonly connections: Range;
}

/**
 * Connections that are busy at any time: calls a second times the seconds that each takes (Little's law). A planner's
 * cost is no time, so what is taken for it is the time to read the same part of its tables in sequence; whoever reads
 * side by side shares the throughput, so that it is more rather than less.
 *
 * @returns null where it is not known of any how often it is asked
 */
export function busyConnections(
  queries: readonly ReadingQuery[],
  frequency: Frequency,
): BusyConnections | null {
  const busy = queries.flatMap(({ query, seconds }) => {
    const callsPerSecond = callsPerSecondOf(query, frequency);
    return callsPerSecond === null ? [] : [{ callsPerSecond, connections: times(seconds, callsPerSecond) }];
  });
  if (busy.length === 0) return null;
  return {
    callsPerSecond: busy.reduce((sum, each) => sum + each.callsPerSecond, 0),
    connections: sumOf(busy.map(({ connections }) => connections)),
  };
}
