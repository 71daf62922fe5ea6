import type { IndexGap } from '../migrations/index-gaps.ts';
import type { PlacedStatement } from '../migrations/transactions.ts';
import type { PostgresError } from '../model/server.ts';
import type { PlannedQuery } from '../plans/examine.ts';

/** The statements of the change between which a query runs on what it does not find at base or at head. */
export interface QueryBetween {
  /** Of the transaction before the step: what touches something that the query uses. */
  readonly by: PlacedStatement;
  /** The last one of the change that does so: from then on the query finds all as it is at head. */
  readonly settledBy: PlacedStatement;
}

/** A committed point between base and head, at which queries run until the change goes on. */
export interface StepFacts {
  /** The last statement that has run. */
  readonly last: PlacedStatement;
  /** Tables that lack an index there. */
  readonly gaps: readonly IndexGap[];
  /**
   * Queries that use something which the change has touched so far and something which it is still to touch, by
   * fingerprint: those that base and head can run and that may run otherwise here, or did at the step before.
   */
  readonly queries: ReadonlyMap<string, QueryBetween>;
  /** Of these, how they are planned here. */
  readonly plans: ReadonlyMap<string, PlannedQuery>;
  /** Of these, why PostgreSQL refuses them here. */
  readonly refused: ReadonlyMap<string, PostgresError>;
}
