import type { Migration } from '../model/migration.ts';
import { refusesTransaction, type Session, StatementFailed } from '../model/server.ts';
import { transactionControlOf } from '../sql/kind.ts';
import { type ParsedStatement, statementsOf } from '../sql/statements.ts';
import { cannotApply, remedyOf } from './failure.ts';
import { nothingProvided, type Provided, type Supply } from './prerequisites/provisions.ts';

/** Whether a text can contain transaction control at all; spares parsing what cannot. */
const mayControlTransactions = /\b(begin|start|commit|end|rollback|abort|prepare)\b/i;

/**
 * Applies what the base branch has, fast and unobserved: a file is one round trip and one transaction, unless it
 * controls transactions itself or holds a statement that cannot run in one.
 *
 * @throws CannotReview if a migration of the base fails: then there is nothing to compare the change with.
 */
export async function applyBase(
  session: Session,
  migrations: readonly Migration[],
  provided: Provided = nothingProvided,
): Promise<void> {
  for (const migration of migrations) {
    try {
      await applyUnobserved(session, migration.text, provided.supply);
      await session.query('DISCARD ALL');
    } catch (error) {
      const remedy = 'the base branch must build before a change to it can be reviewed';
      throw cannotApply(migration, 'a migration of the base', remedyOf(remedy, provided), error);
    }
  }
}

/**
 * Runs a text, in one transaction where it can be.
 *
 * @throws StatementFailed, TimeLimitReached with positions in the text
 */
export async function applyUnobserved(session: Session, text: string, supply: Supply): Promise<void> {
  const statements = mayControlTransactions.test(text) ? statementsOf(text) : null;
  const controls =
    statements?.kind === 'parsed' && statements.value.some(({ node }) => transactionControlOf(node) !== null);
  if (!controls && (await applyWhole(session, text, supply))) return;
  const parsed = statements ?? statementsOf(text);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  await applySingly(session, text, parsed.value, supply);
}

/** False, with nothing done, where a statement of the text cannot run in a transaction. */
async function applyWhole(session: Session, text: string, supply: Supply): Promise<boolean> {
  for (;;) {
    try {
      await session.script(text);
      return true;
    } catch (error) {
      // Nothing of it was committed: the implicit transaction of a text ends with its first error.
      if (!(error instanceof StatementFailed)) throw error;
      if (refusesTransaction(error.error)) return false;
      if (!(await supply(session, error.error))) throw await placed(session, text, error);
    }
  }
}

/** An error without a place stands where the statement stands that fails when all are run again, one by one. */
async function placed(session: Session, text: string, failed: StatementFailed): Promise<StatementFailed> {
  const parsed = statementsOf(text);
  if (failed.error.position !== null || parsed.kind === 'unreadable') return failed;
  await session.script('BEGIN');
  try {
    for (const statement of parsed.value) await applyAlone(session, text, statement);
    return failed;
  } catch (error) {
    return error instanceof StatementFailed ? error : failed;
  } finally {
    if (session.transaction() !== 'none') await session.script('ROLLBACK');
  }
}

/** What is tried again begins where the transaction began that a statement failed in. */
async function applySingly(
  session: Session,
  text: string,
  statements: readonly ParsedStatement[],
  supply: Supply,
): Promise<void> {
  let committed = 0;
  for (let next = 0; next < statements.length; ) {
    const statement = statements[next];
    if (statement === undefined) break;
    try {
      await applyAlone(session, text, statement);
      next += 1;
      if (session.transaction() === 'none') committed = next;
    } catch (error) {
      if (session.transaction() !== 'none') await session.script('ROLLBACK');
      if (!(error instanceof StatementFailed && (await supply(session, error.error)))) throw error;
      next = committed;
    }
  }
  if (session.transaction() !== 'none') await session.script('COMMIT');
}

/** Errors of a statement sent alone are moved to where it stands in the file. */
async function applyAlone(session: Session, text: string, statement: ParsedStatement): Promise<void> {
  try {
    await session.script(statement.sql);
  } catch (error) {
    if (!(error instanceof StatementFailed)) throw error;
    const before = [...text.slice(0, statement.offset)].length;
    throw new StatementFailed({ ...error.error, position: before + (error.error.position ?? 1) });
  }
}
