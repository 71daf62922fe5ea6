import type { ParameterSource, PlanNode, Planning } from '../model/plan.ts';
import type { Query } from '../model/query.ts';
import { type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { readPlan } from './tree.ts';

/** What planning needs of a query. */
type Plannable = Pick<Query, 'sql' | 'parameterCount' | 'params'>;

/** Queries in flight at once: enough to keep the server busy, few enough to hold their answers. */
const batchSize = 64;

/**
 * Plans every query in one schema state. Captured text is never executed: EXPLAIN without ANALYZE, one statement
 * through the extended protocol (which refuses a second one hidden in the text), in a transaction that is read
 * only and rolled back.
 */
export async function planAll(session: Session, queries: readonly Plannable[]): Promise<readonly Planning[]> {
  const plannings: Planning[] = [];
  for (let start = 0; start < queries.length; start += batchSize) {
    const batch = queries.slice(start, start + batchSize);
    plannings.push(...(await Promise.all(batch.map((query) => plan(session, query)))));
  }
  return plannings;
}

async function plan(session: Session, query: Plannable): Promise<Planning> {
  if (query.parameterCount === 0) return outcome('none', () => explain(session, query.sql, []));
  const { params } = query;
  if (params !== null && params.length === query.parameterCount) {
    const planned = await outcome('captured values', () => explain(session, query.sql, params));
    // Class 22, data exception: a captured value was cut short or printed in a way that is no input.
    if (planned.kind !== 'refused' || !planned.error.sqlstate.startsWith('22')) return planned;
  }
  return outcome('generic', () => explainGeneric(session, query));
}

async function outcome(parameters: ParameterSource, run: () => Promise<PlanNode>): Promise<Planning> {
  try {
    return { kind: 'planned', plan: await run(), parameters };
  } catch (error) {
    if (error instanceof StatementFailed) return { kind: 'refused', error: error.error };
    if (error instanceof TimeLimitReached) return { kind: 'stopped', limitMs: error.limitMs };
    throw error;
  }
}

/** With values, the planner sees constants, as it does for the first executions of a prepared statement. */
function explain(session: Session, sql: string, values: readonly unknown[]): Promise<PlanNode> {
  return explainInTransaction(session, [], `EXPLAIN (VERBOSE, FORMAT JSON) ${sql}`, values);
}

/**
 * The plan for parameters of unknown value, as a prepared statement gets it after some executions. EXPLAIN's own
 * GENERIC_PLAN (16 and later) is no way to it: the extended protocol wants values bound, and the planner then uses
 * them, so that `id = NULL` plans as a query without rows (seen on 16 to 18).
 */
function explainGeneric(session: Session, query: Plannable): Promise<PlanNode> {
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
  );
}

/** Sent as one pipeline; the first error is the one that counts, since it fails the rest of the transaction. */
async function explainInTransaction(
  session: Session,
  preparation: readonly string[],
  sql: string,
  values: readonly unknown[],
): Promise<PlanNode> {
  const sent = [
    session.query('BEGIN READ ONLY'),
    ...preparation.map((statement) => session.query(statement)),
    session.query(sql, values),
    session.query('ROLLBACK'),
  ];
  const answers = await Promise.allSettled(sent);
  const failed = answers.find((answer) => answer.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  const [row] = (await sent[sent.length - 2]) ?? [];
  return readPlan(row?.['QUERY PLAN']);
}
