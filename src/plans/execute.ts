import type { ExecutedPlan } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { type PostgresError, type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { kindOf } from '../sql/kind.ts';
import { mentionsOf } from '../sql/mentions.ts';
import { statementsOf } from '../sql/statements.ts';
import { readExecuted } from './executed.ts';

/** What came of executing a query. */
export type Execution =
  | { readonly kind: 'executed'; readonly plan: ExecutedPlan }
  /** It was not sent, for what it is. */
  | { readonly kind: 'left out'; readonly reason: string }
  | { readonly kind: 'refused'; readonly error: PostgresError }
  | { readonly kind: 'stopped'; readonly limitMs: number };

/** What the queries together may take, as a multiple of what one may. */
const patience = 60;

/** SQLSTATE query_canceled: statement_timeout. */
const cancelled = '57014';

/**
 * Executes captured queries on somebody's rows, one after the other, those with the most calls first. Only queries
 * that read, by what they say and what they call; in a transaction that is read only, has a time limit, waits for no
 * lock, and is rolled back.
 *
 * @param limitMs what one query may take, in milliseconds
 * @returns by fingerprint
 */
export async function executeAll(
  session: Session,
  queries: readonly Query[],
  limitMs: number,
): Promise<ReadonlyMap<string, Execution>> {
  const volatile = await volatileFunctions(session);
  const executions = new Map<string, Execution>();
  const deadline = performance.now() + patience * limitMs;
  for (const query of queries.toSorted((a, b) => b.calls - a.calls)) {
    const late = performance.now() > deadline ? 'the time for executing queries was used up' : null;
    const reason = late ?? reasonAgainst(query, volatile);
    const execution = reason === null ? await execute(session, query, limitMs) : leftOut(reason);
    executions.set(query.fingerprint, execution);
  }
  return executions;
}

function leftOut(reason: string): Execution {
  return { kind: 'left out', reason };
}

/** Volatile functions that do nothing to anybody else. */
const harmless: ReadonlySet<string> = new Set(['random', 'gen_random_uuid', 'clock_timestamp', 'timeofday']);

async function volatileFunctions(session: Session): Promise<ReadonlySet<string>> {
  const rows = await session.query(
    `SELECT DISTINCT proname::pg_catalog.text AS name FROM pg_catalog.pg_proc
     WHERE provolatile OPERATOR(pg_catalog.=) 'v'`,
  );
  return new Set(rows.map((row) => String(row['name'])).filter((name) => !harmless.has(name)));
}

/** Why a query is not sent, or null. */
export function reasonAgainst(
  { sql, parameterCount, samples }: Pick<Query, 'sql' | 'parameterCount' | 'samples'>,
  volatile: ReadonlySet<string>,
): string | null {
  const parsed = statementsOf(sql);
  const [statement, ...others] = parsed.kind === 'parsed' ? parsed.value : [];
  if (statement === undefined || others.length > 0) return 'it cannot be read as one statement';
  if (!('SelectStmt' in statement.node) || kindOf(statement.node) !== 'query') return 'it is no SELECT';
  if (changesRows(statement.node)) return 'it changes or locks rows';
  const called = mentionsOf(statement.node).functions.find((name) => volatile.has(name));
  if (called !== undefined) return `it calls ${called}, which may do more than compute a value`;
  const values = samples.find((each) => each.length === parameterCount);
  return parameterCount > 0 && values === undefined ? 'no values of its parameters were captured' : null;
}

const changing: ReadonlySet<string> = new Set([
  'InsertStmt',
  'UpdateStmt',
  'DeleteStmt',
  'MergeStmt',
  'lockingClause',
  'intoClause',
]);

/** Whether a syntax tree has a common table expression that changes rows, a locking clause or INTO anywhere. */
function changesRows(tree: unknown): boolean {
  if (typeof tree !== 'object' || tree === null) return false;
  return Object.entries(tree).some(([key, value]) => changing.has(key) || changesRows(value));
}

async function execute(session: Session, query: Query, limitMs: number): Promise<Execution> {
  const { sql, samples, parameterCount } = query;
  const values = samples.find((each) => each.length === parameterCount) ?? [];
  try {
    await session.query('BEGIN READ ONLY');
    await session.query(`SET LOCAL statement_timeout = ${Math.max(1, Math.round(limitMs))}`);
    await session.query('SET LOCAL lock_timeout = 1000');
    // Timing each node would make queries slower than they are.
    const explain = `EXPLAIN (ANALYZE, BUFFERS, VERBOSE, TIMING OFF, FORMAT JSON) ${sql}`;
    const [row] = await session.query(explain, values);
    return { kind: 'executed', plan: readExecuted(row?.['QUERY PLAN']) };
  } catch (error) {
    if (error instanceof TimeLimitReached) return { kind: 'stopped', limitMs };
    if (!(error instanceof StatementFailed)) throw error;
    if (error.error.sqlstate === cancelled) return { kind: 'stopped', limitMs };
    return { kind: 'refused', error: error.error };
  } finally {
    await session.query('ROLLBACK');
  }
}
