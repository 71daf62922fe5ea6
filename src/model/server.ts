import type { Unchecked } from './review.ts';

/** A PostgreSQL error as the server reported it (protocol-error-fields in its documentation). */
export interface PostgresError {
  readonly sqlstate: string;
  readonly message: string;
  readonly detail: string | null;
  readonly hint: string | null;
  /** Context such as the PL/pgSQL call stack. */
  readonly where: string | null;
  /** What the error is about, by plain names; null where PostgreSQL does not say. */
  readonly about: {
    readonly schema: string | null;
    readonly table: string | null;
    readonly column: string | null;
    readonly constraint: string | null;
    readonly type: string | null;
  };
  /** Character (not byte) at which the error was noticed in the text that was sent, from 1. */
  readonly position: number | null;
}

/** SQLSTATEs active_sql_transaction and invalid_transaction_termination. */
const refusals: ReadonlySet<string> = new Set(['25001', '2D000']);

/** Whether a statement failed because it cannot run inside a transaction. */
export function refusesTransaction({ sqlstate }: PostgresError): boolean {
  return refusals.has(sqlstate);
}

/** A remark of the server, by its severity (NOTICE, WARNING ...). */
export interface Notice {
  readonly severity: string;
  readonly sqlstate: string;
  readonly message: string;
}

/** The server refused a statement. */
export class StatementFailed extends Error {
  readonly error: PostgresError;

  constructor(error: PostgresError) {
    super(error.message);
    this.name = 'StatementFailed';
    this.error = error;
  }
}

/** The outer watchdog ended a statement: `statement_timeout` is no defence, since SQL can set it to 0. */
export class TimeLimitReached extends Error {
  readonly limitMs: number;

  constructor(limitMs: number) {
    super(`stopped after ${limitMs / 1000} s`);
    this.name = 'TimeLimitReached';
    this.limitMs = limitMs;
  }
}

/** One row, by column name. */
export type Row = Readonly<Record<string, unknown>>;

/** A column of a result, as the server announces it (RowDescription in the protocol's message formats). */
export interface DescribedColumn {
  readonly name: string;
  /** Oid of its type, and the type's modifier: -1 for none. */
  readonly type: number;
  readonly modifier: number;
  /** Oid of the relation and number of the column that it is taken from; 0 where it is computed. */
  readonly relation: number;
  readonly number: number;
}

/** What the server tells of a statement that it has parsed and not run. */
export interface Description {
  /** Oids of the types of `$1`, `$2` ... */
  readonly parameters: readonly number[];
  /** Null for a statement that returns no rows. */
  readonly columns: readonly DescribedColumn[] | null;
}

/**
 * Who a session acts as. The pull request's SQL runs as `owner`: it owns its database and is no superuser. An
 * `observer` looks at what the owner has made, and locks it: a superuser on a server of our own, where nothing may
 * stay hidden, and the owner on somebody else's, where what it has made must not run as a superuser.
 */
export type Role = 'owner' | 'observer' | 'superuser';

/** One connection to one database of the sandbox. Every call is bounded by the sandbox's watchdog. */
export interface Session extends AsyncDisposable {
  readonly processId: number;

  /**
   * Sends exactly one statement through the extended protocol, which refuses a second one in the same text.
   * Calls made without awaiting the previous one are pipelined.
   *
   * @throws StatementFailed, TimeLimitReached
   */
  query(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;

  /**
   * As `query`, for a text that is sent again and again: the server parses it once. It is planned without regard to
   * its values, so it is for small answers.
   *
   * @throws StatementFailed, TimeLimitReached
   */
  repeated(sql: string, values?: readonly unknown[]): Promise<readonly Row[]>;

  /**
   * Has one statement parsed, and says what it takes and returns; nothing is run (Parse and Describe of the extended
   * protocol). Calls made without awaiting the previous one are pipelined.
   *
   * @throws StatementFailed, TimeLimitReached
   */
  describe(sql: string): Promise<Description>;

  /**
   * Sends a text of any number of statements through the simple protocol; they form one implicit transaction
   * unless the text controls transactions itself. Returns the rows of each statement.
   *
   * @throws StatementFailed, TimeLimitReached
   */
  script(sql: string): Promise<readonly (readonly Row[])[]>;

  /** What the server remarked since this was last asked. */
  notices(): readonly Notice[];

  /** As the server last reported it (ReadyForQuery in the protocol). */
  transaction(): 'none' | 'open' | 'failed';
}

/** A file of the server, by its path in the data directory, and the size it is to grow to, in bytes. */
export interface FileSize {
  readonly path: string;
  readonly bytes: number;
}

export interface ServerVersion {
  readonly major: number;
  /** As in `server_version`, without the packager's remark: `18.4`. */
  readonly text: string;
}

/** Whether a text is meant as the URL of a server (PostgreSQL documentation, "Connection URIs"). */
export function isServerUrl(text: string): boolean {
  return /^postgres(?:ql)?:\/\//i.test(text);
}

/** How a session reaches a database. `host` may be the directory of a Unix-domain socket. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

export type SandboxKind = 'embedded' | 'container' | 'external';

/**
 * How the planner can be told of production's size: by files of that length and the catalogues; by statistics alone,
 * which PostgreSQL 18 lets the owner of a table write, or superusers; or not at all.
 */
export type Sizing = 'files' | 'statistics' | 'none';

/** A database with rows that somebody lends: it is read, and nothing is changed in it. */
export interface LentDatabase {
  readonly name: string;
  /** @param limitMs what one statement may take, in milliseconds */
  connect(limitMs: number): Promise<Session>;
}

/** The throw-away Postgres. Disposing of it stops the server, or leaves it as it was found, and removes everything it wrote. */
export interface Sandbox extends AsyncDisposable {
  readonly kind: SandboxKind;
  readonly version: ServerVersion;
  readonly sizing: Sizing;
  /** The database that an external server's URL names; null of other servers. */
  readonly lent: LentDatabase | null;
  /** What this server does not allow, for the review to list. */
  readonly remarks: readonly Unchecked[];

  /** Creates a database owned by the owner role, as a copy of a template nobody is connected to. */
  createDatabase(name: string, template?: string): Promise<void>;

  /** Drops a database, if it is there; whoever is connected to it is disconnected. */
  dropDatabase(name: string): Promise<void>;

  connect(database: string, role: Role): Promise<Session>;

  /**
   * How other programs than ours connect as the owner: over TCP, by password.
   *
   * @throws Error where the sandbox was not started for tools.
   */
  address(database: string): Address;

  /** Extends files of the server, sparsely: no disk space is used. */
  grow(files: readonly FileSize[]): Promise<void>;
}

/** Bytes of a segment of a relation's file: 131,072 pages of 8 kB (RELSEG_SIZE in PostgreSQL's storage layer). */
const segmentBytes = 131_072 * 8_192;

/** One file of a relation. All but the first are new: the relation was small. */
export interface Segment {
  readonly path: string;
  readonly bytes: number;
  readonly isNew: boolean;
}

/** The files `F`, `F.1`, `F.2` ... that a relation of that size consists of. */
export function relationSegments(file: FileSize): readonly Segment[] {
  const count = Math.max(1, Math.ceil(file.bytes / segmentBytes));
  return Array.from({ length: count }, (_, index) => ({
    path: index === 0 ? file.path : `${file.path}.${index}`,
    bytes: Math.min(segmentBytes, file.bytes - index * segmentBytes),
    isNew: index > 0,
  }));
}
