import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { CannotReview, type Problem, problem } from '../model/problem.ts';
import { type PostgresError, type Session, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { Lines, offsetOfCharacter } from '../sql/position.ts';
import { statementsOf } from '../sql/statements.ts';

/**
 * Runs a file of SQL statements that insert rows, in one transaction.
 *
 * @param file relative to the root
 * @throws CannotReview where it cannot be read, or a statement fails.
 */
export async function seedFromFile(session: Session, root: string, file: string): Promise<void> {
  const text = await read(root, file);
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') {
    const { message, offset } = parsed.problem;
    throw failure(file, message, offset === null ? null : new Lines(text).lineAt(offset));
  }
  await session.script('BEGIN');
  for (const { sql, offset, line } of parsed.value) {
    try {
      await session.script(sql);
    } catch (error) {
      if (error instanceof TimeLimitReached) throw failure(file, error.message, line);
      if (!(error instanceof StatementFailed)) throw error;
      const { position } = error.error;
      const place = position === null ? 0 : offsetOfCharacter(sql, position - 1);
      throw failure(file, describe(error.error), new Lines(text).lineAt(offset + place));
    }
  }
  // The file may have ended the transaction itself.
  if (session.transaction() !== 'none') await commit(session, file);
  await session.query('DISCARD ALL');
}

async function read(root: string, file: string): Promise<string> {
  try {
    return await readFile(resolve(root, file), 'utf8');
  } catch (cause) {
    const unreadable = problem(`the seed file ${file} cannot be read`, 'name another with --seed');
    throw new CannotReview([unreadable], { cause });
  }
}

/** Deferred constraints are checked here. */
async function commit(session: Session, file: string): Promise<void> {
  try {
    await session.script('COMMIT');
  } catch (error) {
    if (error instanceof StatementFailed) throw failure(file, describe(error.error), null);
    throw error;
  }
}

function failure(file: string, reason: string, line: number | null): CannotReview {
  const hint = 'it runs on the schema of the base branch, before the change';
  const found: Problem = problem(`the seed file fails: ${reason}`, hint, { file, line });
  return new CannotReview([found]);
}

function describe({ message, detail, hint }: PostgresError): string {
  return [message, detail, hint].filter((part) => part !== null).join('. ');
}
