import { type Session, StatementFailed, TimeLimitReached } from '../../model/server.ts';

/** Rows of a result as JSON, in their order. */
export type Result =
  | { readonly kind: 'rows'; readonly rows: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

/** How long a query may take on a few rows, in milliseconds. */
const limitMs = 3_000;

/** Runs a query in a part of the session's transaction that may only read, and is rolled back. */
export async function resultOf(session: Session, sql: string): Promise<Result> {
  // Sent as one pipeline: a failure is undone with the rest.
  const begun = [
    session.query('SAVEPOINT reading'),
    session.query('SET TRANSACTION READ ONLY'),
    session.query(`SET LOCAL statement_timeout = ${limitMs}`),
  ];
  const answer = session.query(
    `SELECT pg_catalog.row_to_json(guardrails_row)::pg_catalog.text AS row FROM (${sql}\n) AS guardrails_row`,
  );
  const ended = session.query('ROLLBACK TO SAVEPOINT reading');
  const [result] = await Promise.allSettled([answer, ...begun, ended]);
  await Promise.all([...begun, ended]);
  if (result.status === 'fulfilled') {
    return { kind: 'rows', rows: result.value.map(({ row }) => String(row)) };
  }
  const { reason } = result;
  if (!(reason instanceof StatementFailed || reason instanceof TimeLimitReached)) throw reason;
  return { kind: 'failed', message: reason.message };
}

/**
 * Whether two results hold the same rows as often as each other, in the same order of the keys: rows that sort alike
 * may stand in any.
 */
export function isSameResult(
  one: readonly string[],
  other: readonly string[],
  keys: readonly string[],
): boolean {
  if (one.length !== other.length) return false;
  if (one.every((row, index) => row === other[index])) return true;
  if (one.toSorted().join('\n') !== other.toSorted().join('\n')) return false;
  return one.every((row, index) => keysOf(row, keys) === keysOf(other[index] ?? '', keys));
}

function keysOf(row: string, keys: readonly string[]): string {
  if (keys.length === 0) return '';
  const values: unknown = JSON.parse(row);
  return JSON.stringify(
    keys.map((key) => Object.entries(values ?? {}).find(([name]) => name === key)?.[1] ?? null),
  );
}
