import type { IndexGap } from '../migrations/index-gaps.ts';
import type { PlannedQuery } from '../plans/examine.ts';

/** A committed point between base and head, at which queries run until the change goes on. */
export interface StepFacts {
  /** Tables that lack an index there. */
  readonly gaps: readonly IndexGap[];
  /** Queries of these tables, as they are planned there, by fingerprint. */
  readonly plans: ReadonlyMap<string, PlannedQuery>;
}
