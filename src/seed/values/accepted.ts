import { type Session, StatementFailed } from '../../model/server.ts';

/**
 * Those of the expressions that the server can evaluate. It is asked about all at once, and about each alone only
 * where one of them fails.
 */
export async function accepted(session: Session, expressions: readonly string[]): Promise<readonly string[]> {
  if (expressions.length === 0) return [];
  if (await evaluates(session, expressions)) return expressions;
  const kept = await Promise.all(expressions.map((expression) => evaluates(session, [expression])));
  return expressions.filter((_, index) => kept[index]);
}

async function evaluates(session: Session, expressions: readonly string[]): Promise<boolean> {
  const questions = expressions.map((expression) => `(${expression}) IS NULL`);
  try {
    await session.query(`SELECT ARRAY[${questions.join(', ')}]`);
    return true;
  } catch (error) {
    if (error instanceof StatementFailed) return false;
    throw error;
  }
}
