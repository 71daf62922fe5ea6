import type { Trace } from './trace.ts';

/** Where a query comes from; every part that the capture knew. */
export interface Origin {
  readonly service: string | null;
  readonly route: string | null;
  readonly file: string | null;
  readonly line: number | null;
  /** The test that sent it. */
  readonly test: string | null;
}

export const unknownOrigin: Origin = { service: null, route: null, file: null, line: null, test: null };

/** One execution, or one text, as a capture recorded it. */
export interface CapturedQuery {
  readonly sql: string;
  /** Name given in a query file, if any. */
  readonly name: string | null;
  /** Values of `$1`, `$2` ...; null where the capture had none. */
  readonly params: readonly unknown[] | null;
  readonly calls: number;
  readonly origin: Origin;
  readonly trace: string | null;
  /** Milliseconds since the epoch. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  /** Rows that it returned or changed, where the capture knows. */
  readonly rows: number | null;
}

/** The workload at the base, as far as it differs from that at head. */
export interface EarlierWorkload {
  /** Queries that head sends otherwise, or no longer. The version that is running still sends them. */
  readonly gone: readonly Query[];
  /** Of those, the ones that another took the place of, by its fingerprint. */
  readonly replaced: ReadonlyMap<string, Query>;
  /** Fingerprints of the queries that only head sends. */
  readonly added: ReadonlySet<string>;
  /** All that the base sends; null where that is not known. */
  readonly queries: readonly Query[] | null;
  /** What requests, tests and sessions sent; null where the workload of the base is not known. */
  readonly traces: readonly Trace[] | null;
}

/** What a capture tells of all executions of a query together. */
export interface Executions {
  /** Milliseconds of those executions that tell how long they took; null where none does. */
  readonly totalMilliseconds: number | null;
  /** Of the same executions. */
  readonly meanMilliseconds: number | null;
  /** Rows that those executions returned or changed which tell; null where none does. */
  readonly rows: number | null;
  /** When the first of those that tell began, in milliseconds since the epoch; null where none does. */
  readonly firstSeen: number | null;
  /** When the last of them began. */
  readonly lastSeen: number | null;
}

/** Of a text that nobody was seen to run. */
export const unseen: Executions = {
  totalMilliseconds: null,
  meanMilliseconds: null,
  rows: null,
  firstSeen: null,
  lastSeen: null,
};

/** What production spends on a query, as pg_stat_statements counted it. */
export interface QueryLoad {
  readonly calls: number;
  /** All calls together. */
  readonly milliseconds: number;
  /** Of the time of all queries that were counted, 0 to 1; null where none took any. */
  readonly share: number | null;
  /** Null where it is not known since when they were counted, or less than a minute. */
  readonly callsPerSecond: number | null;
}

/** All captured executions of one query shape. */
export interface Query extends Executions {
  /** Hash of its shape: equal for queries that differ in constants and lengths of lists only. */
  readonly fingerprint: string;
  /** A captured text, as it was sent. */
  readonly sql: string;
  readonly name: string | null;
  readonly calls: number;
  /** Highest `$n` in the text. */
  readonly parameterCount: number;
  /** Values of some executions of this text, each of them `$1`, `$2` ...; chosen to differ, the first one captured first. */
  readonly samples: readonly (readonly unknown[])[];
  /** Some other captured texts of its shape, without parameters, so that their constants are values too. */
  readonly texts: readonly string[];
  /** Where it comes from, the first place that was captured first. */
  readonly origins: readonly Origin[];
  /** Origins beyond those that are kept. */
  readonly originsLeftOut: number;
}
