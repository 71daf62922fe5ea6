/** An entry of a server's log, whatever form it was written in. */
export interface LogEntry {
  /** Names one session for good, where the form tells; else what tells sessions apart best. */
  readonly session: string;
  /** Virtual transaction, or null. */
  readonly transaction: string | null;
  /** When it was written, in milliseconds since the epoch, or null. */
  readonly at: number | null;
  /** `LOG`, `ERROR` ... */
  readonly severity: string;
  readonly message: string;
  readonly detail: string | null;
  readonly user: string | null;
  readonly database: string | null;
  readonly application: string | null;
}

/** What a record of a log is: an entry, one of no interest, or none at all. */
export type ReadRecord = LogEntry | 'of no interest' | 'unreadable';
