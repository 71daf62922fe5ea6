import type { Range, Throughput } from '../model/estimate.ts';
import type { Query } from '../model/query.ts';
import { exactly, secondsAt, sumOf, times } from './range.ts';

/** What is read: a table, or all partitions of one. */
interface Read {
  readonly rows: number;
  readonly bytes: number;
}

/** A captured query, and how many rows of a table each execution of it reads. */
interface ReadingQuery {
  readonly query: Query;
  readonly rowsRead: number;
}

/** Connections that queries keep busy while they read a table. */
export interface BusyConnections {
  /** Executions of all of them together. */
  readonly callsPerSecond: number;
  readonly connections: Range;
}

/**
 * Connections that are busy at any time: calls a second times the seconds that each takes (Little's law). A planner's
 * cost is no time, so what is taken for it is the time to read the same part of the table in sequence; whoever reads
 * side by side shares the throughput, so that it is more rather than less.
 *
 * @returns null where the capture does not tell how often they are asked
 */
export function busyConnections(
  table: Read,
  queries: readonly ReadingQuery[],
  throughput: Throughput,
  capturedSeconds: number | null,
): BusyConnections | null {
  if (capturedSeconds === null) return null;
  const wholeTable = secondsAt(exactly(table.bytes), throughput.read);
  const busy = queries.map(({ query, rowsRead }) => {
    const callsPerSecond = query.calls / capturedSeconds;
    const share = table.rows === 0 ? 0 : rowsRead / table.rows;
    return { callsPerSecond, connections: times(wholeTable, callsPerSecond * share) };
  });
  return {
    callsPerSecond: busy.reduce((sum, each) => sum + each.callsPerSecond, 0),
    connections: sumOf(busy.map(({ connections }) => connections)),
  };
}
