import type { Trace, TraceStatement } from '../model/trace.ts';
import { isQueryOf } from './trace-queries.ts';

/** Statements that follow each other again and again in a trace. */
export interface RepeatedBlock {
  /** Each repetition, its statements in order; all of the same length. */
  readonly repetitions: readonly (readonly TraceStatement[])[];
  /** The query before the first repetition whose rows may be what it goes through, or null. */
  readonly source: TraceStatement | null;
}

/** Longest sequence that is looked for. */
const longestSequence = 5;

/** Repetitions that are told as such. */
const fewest = 2;

/**
 * Finds what a trace repeats: for each place the shortest sequence whose repetition goes on furthest. Transaction
 * control between queries is looked past, since some libraries wrap each of them.
 */
export function repeatedBlocks({ statements }: Trace): readonly RepeatedBlock[] {
  const queries = statements.filter(({ fingerprint }) => fingerprint !== null);
  const blocks: RepeatedBlock[] = [];
  for (let at = 0; at < queries.length; ) {
    const best = bestBlockAt(queries, at);
    if (best === null) {
      at += 1;
      continue;
    }
    const { length, times } = best;
    blocks.push({
      repetitions: Array.from({ length: times }, (_, index) =>
        queries.slice(at + index * length, at + (index + 1) * length),
      ),
      source: sourceBefore(queries, at),
    });
    at += length * times;
  }
  return blocks;
}

function bestBlockAt(
  queries: readonly TraceStatement[],
  at: number,
): { readonly length: number; readonly times: number } | null {
  let best: { readonly length: number; readonly times: number } | null = null;
  for (let length = 1; length <= longestSequence; length += 1) {
    const times = timesRepeated(queries, at, length);
    if (times >= fewest && (best === null || times * length > best.times * best.length))
      best = { length, times };
  }
  return best;
}

function timesRepeated(queries: readonly TraceStatement[], at: number, length: number): number {
  const isSame = (a: number, b: number) =>
    queries[a] !== undefined && queries[a].fingerprint === queries[b]?.fingerprint;
  let times = 1;
  while (
    Array.from({ length }, (_, index) => index).every((index) =>
      isSame(at + index, at + times * length + index),
    )
  ) {
    times += 1;
  }
  return times;
}

/** The nearest query before it that may have returned several rows; it must be another one. */
function sourceBefore(queries: readonly TraceStatement[], at: number): TraceStatement | null {
  const before = queries
    .slice(0, at)
    .findLast((each) => (each.rows === null || each.rows > 1) && isQueryOf(each, 'SelectStmt'));
  return before === undefined || before.fingerprint === queries[at]?.fingerprint ? null : before;
}
