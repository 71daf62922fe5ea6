import { createHash } from 'node:crypto';
import pg from 'pg';
import {
  type Address,
  type Description,
  type Notice,
  type PostgresError,
  type Row,
  type Session,
  StatementFailed,
  TimeLimitReached,
} from '../model/server.ts';
import { Descriptions } from './description.ts';

/** Ends what a backend is doing; from outside, because the backend's own settings belong to the SQL it runs. */
export interface Watchdog {
  readonly limitMs: number;
  cancel(processId: number): Promise<void>;
  terminate(processId: number): Promise<void>;
}

/** How a server that is not ours is reached: a URL in node-postgres' terms, with whatever it says of TLS. */
export interface Connection {
  readonly connectionString: string;
}

/** How long a cancelled statement may take to end, in milliseconds, before its connection is closed. */
const graceMs = 2_000;

/** `queryMode` is documented by node-postgres and missing from its types. */
type ExtendedQuery = pg.QueryConfig & { readonly queryMode: 'extended' };

/** What can make the server forget prepared statements, in whatever form it is sent. */
const mayForgetStatements = /\b(deallocate|discard\s+all)\b/i;

interface Call {
  stopped: boolean;
}

/** A session over node-postgres. */
export class PgSession implements Session {
  readonly #client: pg.Client;
  readonly #watchdog: Watchdog | null;
  /** Calls sent and not yet answered, in order: the server works on the first. */
  readonly #calls: Call[] = [];
  readonly #descriptions: Descriptions;
  #notices: Notice[] = [];
  /** Part of the names of prepared statements, so that those which may be gone are made again. */
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #isLost = false;

  readonly processId: number;

  private constructor(client: pg.Client, processId: number, watchdog: Watchdog | null) {
    this.#client = client;
    this.processId = processId;
    this.#watchdog = watchdog;
    this.#descriptions = new Descriptions(client);
    client.on('notice', ({ severity = 'NOTICE', code = '00000', message = '' }) => {
      this.#notices.push({ severity, sqlstate: code, message });
    });
  }

  static async open(target: Address | Connection, watchdog: Watchdog | null): Promise<PgSession> {
    const client = new pg.Client({
      application_name: 'pg-guardrails',
      ...('connectionString' in target ? target : { ...target, ssl: false }),
      pipeline: true,
    });
    // A connection that is lost rejects the pending calls; the event itself carries nothing more.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    return new PgSession(client, rows[0]?.pid ?? 0, watchdog);
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    this.#noticeForgetting(sql);
    const call: ExtendedQuery = { text: sql, values: [...values], queryMode: 'extended' };
    const result = await this.#watched(() => this.#client.query(call));
    return result.rows;
  }

  async repeated(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const digest = createHash('sha1').update(sql).digest('hex');
    const name = `guardrails_${this.#generation}_${digest}`;
    const result = await this.#watched(() => this.#client.query({ name, text: sql, values: [...values] }));
    return result.rows;
  }

  describe(sql: string): Promise<Description> {
    return this.#watched(() => this.#descriptions.of(sql));
  }

  async script(sql: string): Promise<readonly (readonly Row[])[]> {
    this.#noticeForgetting(sql);
    // Where the text held several statements, node-postgres returns an array, which its types do not say.
    const results = [await this.#watched(() => this.#client.query(sql))].flat();
    return results.map((result) => result.rows);
  }

  /** The host, or directory of a socket, and the port that it was opened to. */
  get reachedAt(): Pick<Address, 'host' | 'port'> {
    return { host: this.#client.host, port: this.#client.port };
  }

  notices(): readonly Notice[] {
    const notices = this.#notices;
    this.#notices = [];
    return notices;
  }

  transaction(): 'none' | 'open' | 'failed' {
    if (this.#isLost) return 'none';
    switch (this.#client.getTransactionStatus()) {
      case 'T':
        return 'open';
      case 'E':
        return 'failed';
      default:
        return 'none';
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    await this.#client.end();
  }

  #noticeForgetting(sql: string): void {
    if (mayForgetStatements.test(sql)) this.#generation += 1;
  }

  async #watched<T>(send: () => Promise<T>): Promise<T> {
    const call: Call = { stopped: false };
    this.#calls.push(call);
    if (this.#calls.length === 1) this.#watch();
    try {
      return await send();
    } catch (error) {
      this.#isLost ||= !(error instanceof pg.DatabaseError) || error.severity === 'FATAL';
      if (call.stopped && this.#watchdog !== null) throw new TimeLimitReached(this.#watchdog.limitMs);
      throw new StatementFailed(toPostgresError(error));
    } finally {
      this.#calls.shift();
      this.#watch();
    }
  }

  /** Starts the clock for the call that the server now works on. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [call] = this.#calls;
    const watchdog = this.#watchdog;
    if (call === undefined || watchdog === null) return;
    this.#timer = setTimeout(() => {
      call.stopped = true;
      void watchdog.cancel(this.processId);
      this.#timer = setTimeout(() => void watchdog.terminate(this.processId), graceMs);
    }, watchdog.limitMs);
  }
}

/** What is no error of the server is the loss of the connection to it (SQLSTATE connection_failure). */
function toPostgresError(error: unknown): PostgresError {
  if (!(error instanceof pg.DatabaseError)) {
    const message = `the connection was lost: ${error instanceof Error ? error.message : String(error)}`;
    const about = { schema: null, table: null, column: null, constraint: null, type: null };
    return { sqlstate: '08006', message, detail: null, hint: null, where: null, about, position: null };
  }
  return {
    sqlstate: error.code ?? 'XX000',
    message: error.message,
    detail: error.detail ?? null,
    hint: error.hint ?? null,
    where: error.where ?? null,
    about: {
      schema: error.schema ?? null,
      table: error.table ?? null,
      column: error.column ?? null,
      constraint: error.constraint ?? null,
      type: error.dataType ?? null,
    },
    position: error.position === undefined ? null : Number(error.position),
  };
}
