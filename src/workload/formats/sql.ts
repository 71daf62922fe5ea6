import type { CapturedQuery } from '../../model/query.ts';
import type { Unchecked } from '../../model/review.ts';
import { statementsOf } from '../../sql/statements.ts';

/** `-- name: get_flight`, the way sqlc and aiosql name the query that follows. */
const nameComment = /--[ \t]*name:[ \t]*([^\s:]+)/gi;

/** Reads a file of queries; each stands at its own line. A name holds for the statement that follows it. */
export function readSqlFile(path: string, text: string): readonly (CapturedQuery | Unchecked)[] {
  const parsed = statementsOf(text);
  if (parsed.kind === 'unreadable') return [{ subject: path, reason: parsed.problem.message }];
  let previousEnd = 0;
  return parsed.value.map(({ sql, offset, line }) => {
    const between = text.slice(previousEnd, offset);
    previousEnd = offset + sql.length;
    return {
      sql,
      name: [...between.matchAll(nameComment)].at(-1)?.[1] ?? null,
      params: null,
      calls: 1,
      origin: { service: null, route: null, file: path, line },
      trace: null,
      startedAt: null,
      durationMs: null,
    };
  });
}
