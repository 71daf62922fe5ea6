import pg from 'pg';
import {
  type PostgresError,
  type Row,
  type Session,
  StatementFailed,
  TimeLimitReached,
} from '../model/server.ts';

/** How to reach a database of the sandbox. `host` may be the directory of a Unix-domain socket. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/** Ends what a backend is doing; from outside, because the backend's own settings belong to the SQL it runs. */
export interface Watchdog {
  readonly limitMs: number;
  cancel(processId: number): Promise<void>;
  terminate(processId: number): Promise<void>;
}

/** How long a cancelled statement may take to end, in milliseconds, before its connection is closed. */
const graceMs = 2_000;

/** `queryMode` is documented by node-postgres and missing from its types. */
type ExtendedQuery = pg.QueryConfig & { readonly queryMode: 'extended' };

interface Call {
  stopped: boolean;
}

/** A session over node-postgres. */
export class PgSession implements Session {
  readonly #client: pg.Client;
  readonly #watchdog: Watchdog | null;
  /** Calls sent and not yet answered, in order: the server works on the first. */
  readonly #calls: Call[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isLost = false;

  readonly processId: number;

  private constructor(client: pg.Client, processId: number, watchdog: Watchdog | null) {
    this.#client = client;
    this.processId = processId;
    this.#watchdog = watchdog;
  }

  static async open(address: Address, watchdog: Watchdog | null): Promise<PgSession> {
    const client = new pg.Client({
      ...address,
      ssl: false,
      application_name: 'pg-guardrails',
      pipeline: true,
    });
    // A connection that is lost rejects the pending calls; the event itself carries nothing more.
    client.on('error', () => {});
    await client.connect();
    const { rows } = await client.query<{ pid: number }>('SELECT pg_catalog.pg_backend_pid() AS pid');
    return new PgSession(client, rows[0]?.pid ?? 0, watchdog);
  }

  async query(sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
    const call: ExtendedQuery = { text: sql, values: [...values], queryMode: 'extended' };
    const result = await this.#watched(() => this.#client.query(call));
    return result.rows;
  }

  async script(sql: string): Promise<readonly (readonly Row[])[]> {
    // Where the text held several statements, node-postgres returns an array, which its types do not say.
    const results = [await this.#watched(() => this.#client.query(sql))].flat();
    return results.map((result) => result.rows);
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
    return { sqlstate: '08006', message, detail: null, hint: null, where: null, position: null };
  }
  return {
    sqlstate: error.code ?? 'XX000',
    message: error.message,
    detail: error.detail ?? null,
    hint: error.hint ?? null,
    where: error.where ?? null,
    position: error.position === undefined ? null : Number(error.position),
  };
}
