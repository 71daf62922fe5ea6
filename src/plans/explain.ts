import type { ParameterSource, Planning } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { readJitFunctions } from './explained.ts';
import { ownLocks, readLocks } from './locks.ts';
import { readPlan } from './tree.ts';

/** What planning needs of a query. */
export interface Plannable extends Pick<Query, 'sql' | 'parameterCount'> {
  /** Values of `$1`, `$2` ...; null for a plan that holds for any. */
  readonly params: readonly unknown[] | null;
}

/** Whether the locks that planning takes are read along; each query then takes half as long again. */
export type LocksToo = 'with locks' | 'without locks';

/** Queries in flight at once: enough to keep the server busy, few enough to hold their answers. */
const batchSize = 64;

/** Does something for each query, for so many at once as the server is to be kept busy with. */
export async function inBatches<T, Result>(
  items: readonly T[],
  work: (item: T) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += batchSize) {
    results.push(...(await Promise.all(items.slice(start, start + batchSize).map(work))));
  }
  return results;
}

/**
 * Plans every query in one schema state. Captured text is never executed: EXPLAIN without ANALYZE, one statement
 * through the extended protocol (which refuses a second one hidden in the text), in a transaction that is read
 * only and rolled back.
 */
export function planAll(
  session: Session,
  queries: readonly Plannable[],
  locks: LocksToo = 'without locks',
): Promise<readonly Planning[]> {
  return inBatches(queries, (query) => plan(session, query, locks));
}

async function plan(session: Session, query: Plannable, locks: LocksToo): Promise<Planning> {
  if (query.parameterCount === 0) return planAs(session, query, 'none', locks);
  if (query.params !== null && query.params.length === query.parameterCount) {
    const planned = await planAs(session, query, 'captured values', locks);
    // Class 22, data exception: a captured value was cut short or printed in a way that is no input.
    if (planned.kind !== 'refused' || !planned.error.sqlstate.startsWith('22')) return planned;
  }
  return planAs(session, { ...query, params: null }, 'generic', locks);
}

/** Plans a query with its values, or for any where it has none. */
export function planAs(
  session: Session,
  query: Plannable,
  parameters: ParameterSource,
  locks: LocksToo,
): Promise<Planning> {
  const values = query.parameterCount === 0 ? [] : query.params;
  return outcome(parameters, values, () =>
    values === null ? explainGeneric(session, query, locks) : explain(session, query.sql, values, locks),
  );
}

/** A plan, what of it would be compiled, and the locks that making it took. */
type Explained = Pick<Extract<Planning, { readonly kind: 'planned' }>, 'plan' | 'jitFunctions' | 'locks'>;

async function outcome(
  parameters: ParameterSource,
  values: readonly unknown[] | null,
  run: () => Promise<Explained>,
): Promise<Planning> {
  try {
    return { kind: 'planned', ...(await run()), parameters, values };
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

/** What stands before a text that is planned for values of any kind: positions of errors count it. */
export const preparation = 'PREPARE guardrails AS ';

/**
 * The plan for parameters of unknown value, as a prepared statement gets it after some executions. EXPLAIN's own
 * GENERIC_PLAN (16 and later) is no way to it: the extended protocol wants values bound, and the planner then uses
 * them, so that `id = NULL` plans as a query without rows (seen on 16 to 18).
 */
function explainGeneric(session: Session, query: Plannable, locks: LocksToo): Promise<Explained> {
  const nulls = Array.from({ length: query.parameterCount }, () => 'NULL').join(', ');
  return explainInTransaction(
    session,
    ['SET LOCAL plan_cache_mode = force_generic_plan', 'DEALLOCATE ALL', `${preparation}${query.sql}`],
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
  const queryPlan = row?.['QUERY PLAN'];
  return {
    plan: readPlan(queryPlan),
    jitFunctions: readJitFunctions(queryPlan),
    locks: readLocks(await locks),
  };
}
