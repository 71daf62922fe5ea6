import type { LockMode, Statement } from './observation.ts';
import type { Origin } from './query.ts';

/** From the least to the most that is expected. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** What the estimates assume of production. Configurable under `throughput` and `pool`. */
export interface Throughput {
  /** Bytes a second of a sequential scan. */
  readonly read: Range;
  /** Bytes a second of rows written anew, with their WAL. */
  readonly write: Range;
  /** Rows a second that enter one index being built. */
  readonly indexRows: Range;
  /** Rows a second that an UPDATE, DELETE or INSERT changes, on a table with no index. Each index slows it down. */
  readonly changedRows: Range;
  /** Seconds that a statement is on its way to the server and its answer back. */
  readonly roundTrip: Range;
  /** Seconds that a transaction that has written waits for its commit. */
  readonly commit: Range;
}

/** A piece of work that the time of a statement is made of. */
export interface Work {
  readonly kind: 'scan' | 'rewrite' | 'index build' | 'rows changed';
  readonly relation: string;
  /** Rows at production size. */
  readonly rows: number;
  /** Bytes read, or written anew; null where rows are what counts. */
  readonly bytes: number | null;
  readonly seconds: Range;
}

export interface StatementEstimate {
  readonly file: string;
  readonly statement: Statement;
  /** Empty work: the statement changes the catalogue only, which takes milliseconds at any size. */
  readonly work: readonly Work[];
  readonly seconds: Range;
}

/** A query that has to wait while a lock is held. */
export interface WaitingQuery {
  readonly fingerprint: string;
  readonly name: string | null;
  readonly sql: string;
  readonly origins: readonly Origin[];
  /** Null where the workload does not tell. */
  readonly callsPerSecond: number | null;
}

/** A lock on one table, from the statement that takes it to the end of its transaction. */
export interface LockSpan {
  readonly relation: string;
  /** The strongest mode in that time. */
  readonly mode: LockMode;
  /** The index that the lock is on, which whoever plans a query on its table waits for; null for the table itself. */
  readonly index: string | null;
  /** Where `from` stands. */
  readonly file: string;
  /** The statement that first takes a lock that keeps queries waiting. */
  readonly from: Statement;
  /** Where `to` stands: in another file where all migrations are one transaction. */
  readonly toFile: string;
  /** The last statement that runs while it is held. */
  readonly to: Statement;
  readonly seconds: Range;
  /** Captured queries that a lock of that mode makes wait, by the conflict table of lock modes. */
  readonly waiting: readonly WaitingQuery[];
  /** Requests that have queued when the lock is released (calls a second times seconds held); null where unknown. */
  readonly queued: Range | null;
  /** Seconds until as many requests wait as the pool has connections; null where that is unknown or not reached. */
  readonly poolExhaustedAfter: number | null;
}

/** What the change as a whole costs one table. */
export interface TableLockTime {
  readonly relation: string;
  readonly mode: LockMode;
  /** How many transactions lock it in a mode that keeps queries waiting. */
  readonly transactions: number;
  readonly seconds: Range;
}

export interface DeployEstimate {
  readonly throughput: Throughput;
  /** Connections of the application's pool, from the configuration; null where not stated. */
  readonly pool: number | null;
  /** Seconds that the capture of the workload lasted; null where it does not tell. */
  readonly capturedSeconds: number | null;
  /** Calls a second in production, by fingerprint, where its statistics count them. */
  readonly productionCalls: ReadonlyMap<string, number>;
  readonly statements: readonly StatementEstimate[];
  readonly spans: readonly LockSpan[];
  readonly tables: readonly TableLockTime[];
  /** All statements together. */
  readonly seconds: Range;
}
