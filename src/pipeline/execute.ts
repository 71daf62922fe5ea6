import type { Config } from '../config/config.ts';
import { CannotReview, problem } from '../model/problem.ts';
import type { Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { LentDatabase, Sandbox } from '../model/server.ts';
import { type Execution, executeAll } from '../plans/execute.ts';
import type { ExecutedFacts } from '../rules/on-executed.ts';
import { querySubject } from '../rules/on-plan.ts';

interface ExecutedQueries {
  readonly plans: readonly ExecutedFacts[];
  readonly unchecked: readonly Unchecked[];
}

/** What the watchdog waits longer than the server's own limit, in milliseconds. */
const graceMs = 1_000;

/**
 * Executes captured queries on the database that the URL names, where that is asked for. Its schema is what it is:
 * migrations are not run there.
 *
 * @throws CannotReview where there is no such database.
 */
export async function executeQueries(
  { lent }: Pick<Sandbox, 'lent'>,
  { execute, executionLimitMs }: Config,
  queries: readonly Query[],
  progress: (step: string) => void,
): Promise<ExecutedQueries> {
  if (!execute) return { plans: [], unchecked: [] };
  const database = lent ?? nothingToExecuteOn();
  progress(`executing ${queries.length} queries on ${database.name}`);
  await using session = await database.connect(executionLimitMs + graceMs);
  const executions = await executeAll(session, queries, executionLimitMs);
  const told = queries.flatMap((query) => {
    const execution = executions.get(query.fingerprint);
    return execution === undefined ? [] : [{ query, execution }];
  });
  return {
    plans: told.flatMap(({ query, execution }) =>
      execution.kind === 'executed' ? [{ query, plan: execution.plan }] : [],
    ),
    unchecked: uncheckedOf(database, told),
  };
}

function nothingToExecuteOn(): never {
  const hint = 'name a server and a database with rows: --postgres postgresql://user@host/database';
  throw new CannotReview([problem('queries can only be executed on rows that are there', hint)]);
}

/** Queries that are told by name; the others are counted. */
const named = 3;

/** What was not executed, by reason: a workload may hold many queries that only write. */
function uncheckedOf(
  { name }: LentDatabase,
  told: readonly { readonly query: Query; readonly execution: Execution }[],
): readonly Unchecked[] {
  const reasons = Map.groupBy(told, ({ execution }) => reasonOf(execution));
  return [...reasons].flatMap(([reason, alike]) => {
    if (reason === null) return [];
    const names = alike.map(({ query }) => querySubject(query).name);
    const others = names.length - named;
    const subject = `${names.slice(0, named).join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
    return [{ subject, reason: `not executed on ${name}: ${reason}` }];
  });
}

function reasonOf(execution: Execution): string | null {
  switch (execution.kind) {
    case 'executed':
      return null;
    case 'left out':
      return execution.reason;
    case 'refused':
      return execution.error.message;
    case 'stopped':
      return `it did not end within ${execution.limitMs / 1000} s`;
    default:
      return execution satisfies never;
  }
}
