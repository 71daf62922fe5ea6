import type { ParameterSource, Planning } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { ownLocks, readLocks } from './locks.ts';
import { readPlan } from './tree.ts';

/** What planning needs of a query. */
type Plannable = Pick<Query, 'sql' | 'parameterCount' | 'params'>;

/** Whether the locks that planning takes are read along; each query then takes half as long again. */
export type LocksToo = 'with locks' | 'without locks';

/** Queries in flight at once: enough to keep the server busy, few enough to hold their answers. */
const batchSize = 64;

/**
 * Plans every query in one schema state. Captured text is never executed: EXPLAIN without ANALYZE, one statement
 * through the extended protocol (which refuses a second one hidden in the text), in a transaction that is read
 * only and rolled back.
 */
export async function planAll(
  session: Session,
  queries: readonly Plannable[],
  locks: LocksToo = 'without locks',
): Promise<readonly Planning[]> {
  const plannings: Planning[] = [];
  for (let start = 0; start < queries.length; start += batchSize) {
    const batch = queries.slice(start, start + batchSize);
    plannings.push(...(await Promise.all(batch.map((query) => plan(session, query, locks)))));
  }
  return plannings;
}

async function plan(session: Session, query: Plannable, locks: LocksToo): Promise<Planning> {
  if (query.parameterCount === 0) return outcome('none', () => explain(session, query.sql, [], locks));
  const { params } = query;
  if (params !== null && params.length === query.parameterCount) {
    const planned = await outcome('captured values', () => explain(session, query.sql, params, locks));
    // Class 22, data exception: a captured value was cut short or printed in a way that is no input.
    if (planned.kind !== 'refused' || !planned.error.sqlstate.startsWith('22')) return planned;
  }
  return outcome('generic', () => explainGeneric(session, query, locks));
}

/** A plan, and the locks that making it took. */
type Explained = Pick<Extract<Planning, { readonly kind: 'planned' }>, 'plan' | 'locks'>;

async function outcome(parameters: ParameterSource, run: () => Promise<Explained>): Promise<Planning> {
  try {
    return { kind: 'planned', ...(await run()), parameters };
  } catch (error) {
    if (error instanceof StatementFailed) return { kind: 'refused', error: error.error };
    if (error instanceof TimeLimitReached) return { kind: 'stopped', limitMs: error.limitMs };
    throw error;
  }
}

/** With values, the planner sees constants, as it does for the first executions of a prepared statement. */
function explain(
  session: Session,
  sql: string,
  values: readonly unknown[],
  locks: LocksToo,
): Promise<Explained> {
  return explainInTransaction(session, [], `EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`, values, locks);
}

/**
 * The plan for parameters of unknown value, as a prepared statement gets it after some executions. EXPLAIN's own
 * GENERIC_PLAN (16 and later) is no way to it: the extended protocol wants values bound, and the planner then uses
 * them, so that `id = NULL` plans as a query without rows (seen on 16 to 18).
 */
function explainGeneric(session: Session, query: Plannable, locks: LocksToo): Promise<Explained> {
  const nulls = Array.from({ length: query.parameterCount }, () => 'NULL').join(', ');
  return explainInTransaction(
    session,
    [
      'SET LOCAL plan_cache_mode = force_generic_plan',
      'DEALLOCATE ALL',
      `PREPARE guardrails AS ${query.sql}`,
    ],
    `EXPLAIN (VERBOSE, FORMAT JSON) EXECUTE guardrails(${nulls})`,
    [],
    locks,
  );
}

/** Sent as one pipeline; the first error is the one that counts, since it fails the rest of the transaction. */
async function explainInTransaction(
  session: Session,
  preparation: readonly string[],
  sql: string,
  values: readonly unknown[],
  withLocks: LocksToo,
): Promise<Explained> {
  const begun = [session.query('BEGIN READ ONLY'), ...preparation.map((text) => session.query(text))];
  const explained = session.query(sql, values);
  const locks = withLocks === 'with locks' ? session.query(ownLocks) : Promise.resolve([]);
  const answers = await Promise.allSettled([...begun, explained, locks, session.query('ROLLBACK')]);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [row] = await explained;
  return { plan: readPlan(row?.['QUERY PLAN']), locks: readLocks(await locks) };
}
