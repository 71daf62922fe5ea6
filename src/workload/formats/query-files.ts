import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { CapturedQuery } from '../../model/query.ts';
import type { Unchecked } from '../../model/review.ts';
import { numberParameters, type ParameterStyle } from '../../sql/named-parameters.ts';
import { statementsOf } from '../../sql/statements.ts';
import { suppressionsIn } from '../../sql/suppressions.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';

/**
 * The name of the query that follows: `-- name: get_flight` of sqlc, aiosql, yesql and HugSQL (there with `:name`), or
 * `/* @name get_flight *\/` of pgtyped.
 */
const nameComment = /--[ \t]*:?name:?[ \t]*([^\s:]+)|\/\*[^*]*@name[ \t]+(\w+)/gi;

/** sqlc says what a query returns: `-- name: GetAuthor :one`. */
const sqlcComment =
  /--[ \t]*name:[ \t]*\S+[ \t]+:(?:one|many|exec|execrows|execresult|execlastid|batch(?:one|many|exec)|copyfrom)\b/;

/** Reads a file of queries; each stands at its own line. A name holds for the statement that follows it. */
export function readSqlFile(path: string, text: string): readonly (CapturedQuery | Unchecked)[] {
  const style: ParameterStyle = sqlcComment.test(text) ? 'sqlc' : 'colon';
  const { sql: numbered } = numberParameters(text, style);
  const parsed = statementsOf(numbered);
  if (parsed.kind === 'unreadable') return [{ subject: path, reason: parsed.problem.message }];
  let previousEnd = 0;
  return parsed.value.map(({ sql, offset, line }) => {
    const between = numbered.slice(previousEnd, offset);
    previousEnd = offset + sql.length;
    const [, name, pgtyped] = [...between.matchAll(nameComment)].at(-1) ?? [];
    return {
      sql,
      name: name ?? pgtyped ?? null,
      params: null,
      calls: 1,
      origin: { service: null, route: null, file: path, line },
      trace: null,
      startedAt: null,
      durationMs: null,
      rows: null,
    };
  });
}

async function* read({ path, open }: CaptureFile): AsyncGenerator<CapturePart> {
  const bytes = await buffer(Readable.from(open()));
  if (!isUtf8(bytes)) {
    yield { statements: [], unreadable: 0, unchecked: [{ subject: path, reason: 'is no UTF-8 text' }] };
    return;
  }
  const text = bytes.toString('utf8');
  const entries = readSqlFile(path, text);
  yield {
    statements: entries.flatMap((entry) => ('sql' in entry ? [entry] : [])),
    unreadable: 0,
    unchecked: entries.flatMap((entry) => ('sql' in entry ? [] : [entry])),
    suppressions: suppressionsIn(path, text),
  };
}

/** Queries that code is generated from, or that are loaded by name. */
export const queryFiles: CaptureFormat = {
  name: 'sql',
  recognises: (_, path) => /\.sql(\.gz)?$/.test(path),
  read,
};
