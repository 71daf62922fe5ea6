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
  /** Values of one execution, or null where none were captured. */
  readonly params: readonly unknown[] | null;
  readonly origins: readonly Origin[];
}
