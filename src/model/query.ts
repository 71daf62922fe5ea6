import type { Trace } from './trace.ts';

/** Where a query comes from; every part that the capture knew. */
export interface Origin {
  readonly service: string | null;
  readonly route: string | null;
  readonly file: string | null;
  readonly line: number | null;
}

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
  /** What requests, tests and sessions sent; null where the workload of the base is not known. */
  readonly traces: readonly Trace[] | null;
}

/** All captured executions of one query shape. */
export interface Query {
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
  readonly origins: readonly Origin[];
}
