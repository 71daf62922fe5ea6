import { type CapturedQuery, unknownOrigin } from '../../model/query.ts';
import type { Unchecked } from '../../model/review.ts';
import { numberParameters, type ParameterStyle } from '../../sql/named-parameters.ts';
import { statementsOf } from '../../sql/statements.ts';
import { suppressionsIn } from '../../sql/suppressions.ts';
import { queryNameIn } from '../query-name.ts';
import { wholeOf } from '../stream/whole.ts';
import type { CaptureFile, CaptureFormat, CapturePart } from './format.ts';
import { writeOutLists } from './pgtyped.ts';

/** sqlc says what a query returns: `-- name: GetAuthor :one`. */
const sqlcComment =
  /--[ \t]*name:[ \t]*\S+[ \t]+:(?:one|many|exec|execrows|execresult|execlastid|batch(?:one|many|exec)|copyfrom)\b/;

/** Reads a file of queries; each stands at its own line. A name holds for the statement that follows it. */
export function readSqlFile(path: string, text: string): readonly (CapturedQuery | Unchecked)[] {
  const style: ParameterStyle = sqlcComment.test(text) ? 'sqlc' : 'colon';
  // `sqlc.embed(t)` stands for the columns of `t`.
  const written = writeOutLists(text).replaceAll(/\bsqlc\.embed\(\s*("[^"]+"|\w+)\s*\)/g, '$1.*');
  const { sql: numbered, names } = numberParameters(written, style);
  const parsed = statementsOf(numbered);
  if (parsed.kind === 'unreadable') return [{ subject: path, reason: parsed.problem.message }];
  let previousEnd = 0;
  return parsed.value.map(({ sql, offset, line }) => {
    const between = numbered.slice(previousEnd, offset);
    previousEnd = offset + sql.length;
    return {
      // Each statement has numbers of its own.
      sql: names.length === 0 ? sql : numberParameters(sql, 'dollar').sql,
      name: queryNameIn(between),
      params: null,
      calls: 1,
      origin: { ...unknownOrigin, file: path, line },
      trace: null,
      startedAt: null,
      durationMs: null,
      rows: null,
    };
  });
}

async function* read({ path, open }: CaptureFile): AsyncGenerator<CapturePart> {
  const bytes = await wholeOf(open());
  if (bytes === null) {
    const unchecked = [{ subject: path, reason: 'is too long for a file of queries' }];
    yield { statements: [], unreadable: 0, unchecked };
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
