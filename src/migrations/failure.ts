import type { Script } from '../model/migration.ts';
import { CannotReview, problem } from '../model/problem.ts';
import { type PostgresError, StatementFailed, TimeLimitReached } from '../model/server.ts';
import { Lines } from '../sql/position.ts';
import type { Provided } from './prerequisites/provisions.ts';

/**
 * The review that cannot run because a script fails, which it must not.
 *
 * @param what the script, as the subject of a sentence
 * @param error rethrown where it is no failure of the script
 */
export function cannotApply(
  { path, text }: Pick<Script, 'path' | 'text'>,
  what: string,
  remedy: string,
  error: unknown,
): CannotReview {
  if (error instanceof StatementFailed) {
    const { position } = error.error;
    const line = position === null ? null : new Lines(text).lineAtPosition(position);
    const message = `${what} fails: ${describe(error.error)}`;
    return new CannotReview([problem(message, remedy, { file: path, line })], { cause: error });
  }
  if (error instanceof TimeLimitReached) {
    const message = `${what} does not finish: ${error.message}`;
    return new CannotReview([problem(message, remedy, { file: path, line: null })], { cause: error });
  }
  throw error;
}

/** What to do about a failure, with what it may be due to. */
export function remedyOf(remedy: string, { unavailable }: Provided): string {
  if (unavailable.length === 0) return remedy;
  const names = unavailable.join(', ');
  return `${remedy}; this server lacks ${names}: name an image that has what is missing, with --postgres-image`;
}

function describe(error: PostgresError): string {
  return [error.message, error.detail, error.hint].filter((part) => part !== null).join('. ');
}
