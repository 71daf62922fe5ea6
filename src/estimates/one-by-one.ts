import type { Range, Throughput } from '../model/estimate.ts';
import { costOfIndexPerRow } from './assumptions.ts';
import { exactly, secondsAt, sumOf, times } from './range.ts';

/** A loop that writes rows one by one, as it runs at production. */
export interface RowLoop {
  readonly rows: number;
  /** Statements that are sent for each row, with BEGIN and COMMIT where they are. */
  readonly roundTrips: number;
  /** Whether each row is a transaction of its own. */
  readonly commitsEach: boolean;
  /** Indexes of the table that each row enters. */
  readonly indexes: number;
}

/** Seconds of a loop: the server's work on a row, and above all the way there and back. */
export function loopSeconds(
  { rows, roundTrips, commitsEach, indexes }: RowLoop,
  throughput: Throughput,
): Range {
  const work = times(secondsAt(exactly(1), throughput.changedRows), 1 + indexes * costOfIndexPerRow);
  const commit = commitsEach ? throughput.commit : exactly(0);
  return times(sumOf([times(throughput.roundTrip, roundTrips), commit, work]), rows);
}
