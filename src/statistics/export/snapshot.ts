import pg from 'pg';
import type { z } from 'zod';
import { hasCode } from '../../model/error-code.ts';
import { CannotReview, problem } from '../../model/problem.ts';

/** How long a query of the export waits for a lock, in milliseconds, before it does without. */
const lockTimeoutMs = 200;

/** How long the transaction may wait for us: as long as it lasts, VACUUM keeps rows that it could remove. */
const idleTimeoutMs = 60_000;

/**
 * Settings of the transaction, so that a value has one text form whatever the server, database or role say. They end
 * with the transaction, and are no parameters of the connection, which a pooler may refuse.
 */
const textForms: Readonly<Record<string, string>> = {
  search_path: 'pg_catalog',
  datestyle: 'ISO, YMD',
  intervalstyle: 'postgres',
  timezone: 'UTC',
  extra_float_digits: '1',
  bytea_output: 'hex',
  lc_monetary: 'C',
  row_security: 'on',
};

/** A comment in every query of the export. */
export const mark = '/* pg-guardrails statistics export */';

/** SQLSTATEs lock_not_available, insufficient_privilege, query_canceled. */
const sqlstates = { locked: '55P03', denied: '42501', cancelled: '57014' } as const;

export function isLocked(error: unknown): boolean {
  return hasCode(error, sqlstates.locked);
}

export function isDenied(error: unknown): boolean {
  return hasCode(error, sqlstates.denied);
}

/**
 * What went wrong at the server, as a problem that a person can do something about. The export asks about catalogues
 * only, so that no message of the server holds a value of a row.
 */
export function failureOf(error: unknown): unknown {
  if (hasCode(error, sqlstates.cancelled)) {
    return new CannotReview(
      [
        problem(
          'a query of the export was cancelled, or took too long',
          'allow more with --statement-timeout 5m',
        ),
      ],
      { cause: error },
    );
  }
  if (isLost(error)) {
    return new CannotReview([problem('the connection to the server was lost', 'export again')], {
      cause: error,
    });
  }
  if (error instanceof pg.DatabaseError) {
    return new CannotReview([problem(`the server refused a query of the export: ${error.message}`)], {
      cause: error,
    });
  }
  return error;
}

/** By SQLSTATEs of class 57 that end the session (admin_shutdown ...), 25P03, codes of Node, and words of node-postgres. */
function isLost(error: unknown): boolean {
  return (
    ['57P01', '57P02', '57P03', '57P05', '25P03', 'ECONNRESET', 'EPIPE'].some((code) =>
      hasCode(error, code),
    ) ||
    (error instanceof Error && /^Connection terminated|not queryable/.test(error.message))
  );
}

/** One read-only view of a database: every query sees the same state of its catalogues. */
export class Snapshot {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  /** Begins the transaction; whoever ends the connection ends it. */
  static async begin(client: pg.Client, statementTimeoutMs: number): Promise<Snapshot> {
    const settings = {
      ...textForms,
      statement_timeout: String(Math.ceil(statementTimeoutMs)),
      lock_timeout: String(Math.min(lockTimeoutMs, Math.ceil(statementTimeoutMs))),
      idle_in_transaction_session_timeout: String(idleTimeoutMs),
    };
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    await client.query(
      Object.entries(settings)
        .map(([name, value]) => `SET LOCAL ${name} = ${pg.escapeLiteral(value)}`)
        .join(';'),
    );
    return new Snapshot(client);
  }

  /** @param sql a SELECT; it is marked, so that it can be told from the application's own */
  async query<T>(sql: string, row: z.ZodType<T>, values: readonly unknown[] = []): Promise<readonly T[]> {
    const { rows } = await this.#client.query(sql.replace('SELECT', `SELECT ${mark}`), [...values]);
    return rows.map((each) => row.parse(each));
  }

  /** Runs queries that may fail: what fails is undone, so that the snapshot lives on. */
  async attempt<T>(queries: () => Promise<T>): Promise<T> {
    await this.#client.query('SAVEPOINT attempt');
    try {
      const result = await queries();
      await this.#client.query('RELEASE SAVEPOINT attempt');
      return result;
    } catch (error) {
      // A lost connection refuses this too; the first error tells why.
      await this.#client.query('ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt').catch(() => {});
      throw error;
    }
  }
}
