import type { ResultShapes } from '../plans/results.ts';

/** What the queries that both schema states can run return in each, and who reads it by position. */
export interface ResultFacts {
  readonly base: ResultShapes;
  readonly head: ResultShapes;
  /** Services that take the columns of a result by their position; all of them, or none. */
  readonly positional: boolean | readonly string[];
}

export const noResults: ResultFacts = { base: new Map(), head: new Map(), positional: false };
