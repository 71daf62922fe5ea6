/** One statement of a trace, in the order in which its session sent it. */
export interface TraceStatement {
  /** Shape of a query; null for what is none, such as BEGIN. */
  readonly fingerprint: string | null;
  /** As it was sent, cut short where it is long. */
  readonly sql: string;
  /** Hash of text and values: equal for executions that are the same in everything. */
  readonly execution: string;
  /** Hash of its values: equal for queries that are asked with the same; null where it has none, or they are not known. */
  readonly values: string | null;
  /** What it does to the transaction it stands in, or null. */
  readonly control: 'begins' | 'ends' | null;
  /** Whether it changes the schema. */
  readonly isDefinition: boolean;
  /** Milliseconds since the epoch, or null. */
  readonly startedAt: number | null;
  readonly durationMs: number | null;
  /** Rows that it returned or changed, where the capture knows. */
  readonly rows: number | null;
  readonly file: string | null;
  readonly line: number | null;
}

/** The ordered statements of one request, test or session. Traces of the same sequence are one, with a count. */
export interface Trace {
  /** What the capture called one of them. */
  readonly id: string;
  readonly service: string | null;
  readonly route: string | null;
  /** Isolation level that its session had asked for by then: `REPEATABLE READ`; null for the server's default. */
  readonly isolation: string | null;
  /** How many had this sequence. */
  readonly occurrences: number;
  /** Of the first of them; the first ones where there were more than are kept. */
  readonly statements: readonly TraceStatement[];
  /** Statements beyond those that are kept. */
  readonly leftOut: number;
}
