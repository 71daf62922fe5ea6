import type { Script } from '../model/migration.ts';
import type { Statement } from '../model/observation.ts';
import {
  type PostgresError,
  refusesTransaction,
  type Session,
  StatementFailed,
  TimeLimitReached,
} from '../model/server.ts';
import { Lines } from '../sql/position.ts';
import type { Grouping } from './run.ts';
import type { Step } from './statement.ts';
import { groupingsFor, stepsOf } from './steps.ts';

/** Why a script was not run to its end; its transaction has been rolled back. */
export type Failure =
  | {
      readonly kind: 'failed';
      readonly statement: Statement;
      /** Line of the file where PostgreSQL noticed the error. */
      readonly line: number;
      readonly error: PostgresError;
    }
  | { readonly kind: 'stopped'; readonly statement: Statement; readonly limitMs: number };

export interface Execution {
  /** How its statements were grouped in the end. */
  readonly grouping: Grouping;
  readonly failure: Failure | null;
}

/**
 * Runs a script statement by statement as its tool does, unobserved. In a session whose transaction is open
 * already, it runs within that and leaves it open.
 */
export async function execute(session: Session, script: Script): Promise<Execution> {
  const steps = stepsOf(script);
  const groupings = groupingsFor(script.wrapping, steps);
  for (const grouping of groupings.slice(0, -1)) {
    const execution = await executeGrouped(session, script, steps, grouping);
    if (!refusedAsAWhole(execution, steps)) return execution;
  }
  return executeGrouped(session, script, steps, groupings.at(-1) ?? 'each alone');
}

/** Whether a statement refused the transaction before anything was committed. */
function refusedAsAWhole({ failure }: Execution, steps: readonly Step[]): boolean {
  if (failure?.kind !== 'failed' || !refusesTransaction(failure.error)) return false;
  const earlier = steps.slice(
    0,
    steps.findIndex(({ line, sql }) => line === failure.statement.line && sql === failure.statement.sql),
  );
  return !earlier.some(({ control }) => control === 'ends');
}

async function executeGrouped(
  session: Session,
  script: Script,
  steps: readonly Step[],
  grouping: Grouping,
): Promise<Execution> {
  const isOurs = session.transaction() === 'none';
  const bringsItsOwn = steps[0]?.control === 'begins';
  if (grouping !== 'each alone' && isOurs && !bringsItsOwn) await session.script('BEGIN');
  for (const step of steps) {
    const failure = await attempt(session, script, step);
    if (failure !== null) return { grouping, failure };
  }
  return { grouping, failure: isOurs ? await commit(session, script) : null };
}

/** A script that was not run to its end, and why. */
export interface FailedScript<S extends Script> {
  readonly script: S;
  readonly failure: Failure;
}

/** Runs scripts one after the other, as {@link execute} does; those that a tool deploys together, in one transaction. */
export async function executeAll<S extends Script>(
  session: Session,
  scripts: readonly S[],
): Promise<FailedScript<S> | null> {
  let last: S | null = null;
  for (const script of scripts) {
    if (script.wrapping === 'deploy' && session.transaction() === 'none') await session.script('BEGIN');
    if (script.wrapping !== 'deploy' && last !== null) {
      const failure = await commit(session, last);
      if (failure !== null) return { script: last, failure };
    }
    const { failure } = await execute(session, script);
    if (failure !== null) return { script, failure };
    if (script.wrapping !== 'deploy') await session.query('DISCARD ALL');
    last = script;
  }
  const failure = last === null ? null : await commit(session, last);
  return last === null || failure === null ? null : { script: last, failure };
}

/** Deferred constraints are checked here; the last statement stands for a commit that fails. */
async function commit(session: Session, script: Script): Promise<Failure | null> {
  const last = stepsOf(script).at(-1);
  if (session.transaction() === 'none') return null;
  if (last === undefined) {
    await session.script('COMMIT');
    return null;
  }
  const failure = await attempt(session, script, { ...last, sql: 'COMMIT' });
  if (failure === null) return null;
  const statement = statementOf(last);
  return failure.kind === 'failed' ? { ...failure, statement, line: last.line } : { ...failure, statement };
}

async function attempt(session: Session, { text }: Script, step: Step): Promise<Failure | null> {
  const statement = statementOf(step);
  try {
    await session.script(step.sql);
    return null;
  } catch (error) {
    if (error instanceof TimeLimitReached) return { kind: 'stopped', statement, limitMs: error.limitMs };
    if (!(error instanceof StatementFailed)) throw error;
    if (session.transaction() !== 'none') await session.script('ROLLBACK');
    const { position } = error.error;
    const line = position === null ? step.line : new Lines(text).lineAtPosition(position, step.offset);
    return { kind: 'failed', statement, line, error: error.error };
  }
}

function statementOf({ sql, line, endLine }: Step): Statement {
  return { sql, line, endLine };
}
