import type { MigrationFile } from '../model/change.ts';
import { CannotReview, type Problem, problem } from '../model/problem.ts';
import { type PostgresError, type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { transactionControlOf } from '../sql/kind.ts';
import { Lines } from '../sql/position.ts';
import { type ParsedStatement, statementsOf } from '../sql/statements.ts';

/** SQLSTATEs active_sql_transaction and invalid_transaction_termination. */
const refusals: ReadonlySet<string> = new Set(['25001', '2D000']);

/** Whether a statement failed because it cannot run inside a transaction. */
export function refusesTransaction(error: PostgresError): boolean {
  return refusals.has(error.sqlstate);
}

/** Whether a text can contain transaction control at all; spares parsing what cannot. */
const mayControlTransactions = /\b(begin|start|commit|end|rollback|abort|prepare)\b/i;

/**
 * Applies what the base branch has, fast and unobserved: a file is one round trip and one transaction, unless it
 * controls transactions itself or holds a statement that cannot run in one.
 *
 * @throws CannotReview if a migration of the base fails: then there is nothing to compare the change with.
 */
export async function applyBase(session: Session, migrations: readonly MigrationFile[]): Promise<void> {
  for (const migration of migrations) {
    try {
      await applyUnobserved(session, migration.text);
      await session.query('DISCARD ALL');
    } catch (error) {
      throw new CannotReview([baseProblem(migration, error)], { cause: error });
    }
  }
}

async function applyUnobserved(session: Session, text: string): Promise<void> {
  const statements = mayControlTransactions.test(text) ? statementsOf(text) : null;
  const controls =
    statements?.kind === 'parsed' && statements.value.some(({ node }) => transactionControlOf(node) !== null);
  if (!controls) {
    try {
      await session.script(text);
      return;
    } catch (error) {
      // Nothing of it was committed: the implicit transaction of a text ends with its first error.
      if (!(error instanceof StatementFailed && refusesTransaction(error.error))) throw error;
    }
  }
  const parsed = statements ?? statementsOf(text);
  if (parsed.kind === 'unreadable') throw new Error(parsed.problem.message);
  for (const statement of parsed.value) await applyAlone(session, text, statement);
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

function baseProblem(migration: MigrationFile, error: unknown): Problem {
  const remedy = 'the base branch must build before a change to it can be reviewed';
  if (error instanceof StatementFailed) {
    const { position } = error.error;
    const line = position === null ? null : new Lines(migration.text).lineAtPosition(position);
    return problem(`a migration of the base fails: ${describe(error.error)}`, remedy, {
      file: migration.path,
      line,
    });
  }
  if (error instanceof TimeLimitReached) {
    const message = `a migration of the base does not finish: ${error.message}`;
    return problem(message, remedy, { file: migration.path, line: null });
  }
  throw error;
}

function describe(error: PostgresError): string {
  return [error.message, error.detail, error.hint].filter((part) => part !== null).join('. ');
}
