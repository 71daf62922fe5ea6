import { type Node, parse } from '../../sql/grammar.ts';

/** A statement that was prepared, and the values that it was executed with where they are constants. */
interface Prepared {
  readonly sql: string;
  readonly params: readonly (string | null)[] | null;
}

/** The detail of an `EXECUTE` (errdetail_execute in PostgreSQL's postgres.c). */
const detailPrefix = /^prepare: /i;

/** What stands before the statement: a name, and types of parameters. */
const preparing = /^\s*prepare\s+(?:"(?:[^"]|"")*"|[^\s("]+)\s*(?:\((?:[^()]|\([^()]*\))*\)\s*)?as\s+/i;

/** Reads `EXECUTE name (...)`, which the log explains by the text of its `PREPARE`; null for other statements. */
export function preparedBySql(sql: string, detail: string | null): Prepared | null {
  if (detail === null || !detailPrefix.test(detail)) return null;
  const text = detail.replace(detailPrefix, '');
  const [before] = preparing.exec(text) ?? [];
  if (before === undefined) return null;
  return { sql: text.slice(before.length).replace(/;\s*$/, ''), params: valuesIn(sql) };
}

function valuesIn(sql: string): Prepared['params'] {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('ExecuteStmt' in statement)) return null;
  const values = (statement.ExecuteStmt.params ?? []).map(constantOf);
  return values.length > 0 && values.every((value) => value !== undefined) ? values : null;
}

/** As text; undefined where it is computed. */
function constantOf(node: Node): string | null | undefined {
  if (!('A_Const' in node)) return undefined;
  const { A_Const: constant } = node;
  if (constant.isnull === true) return null;
  if (constant.sval !== undefined) return constant.sval.sval ?? '';
  if (constant.fval !== undefined) return constant.fval.fval;
  if (constant.boolval !== undefined) return String(constant.boolval.boolval ?? false);
  return constant.ival === undefined ? undefined : String(constant.ival.ival ?? 0);
}
