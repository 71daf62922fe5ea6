import type { TraceStatement } from '../model/trace.ts';
import { walk } from '../sql/expression.ts';
import { type Node, parse } from '../sql/grammar.ts';
import { nodeType } from '../sql/kind.ts';
import { mentionsOf } from '../sql/mentions.ts';

/**
 * Whether a query asks for the rows of some value. None does that is no SELECT, reads no table, or asks for a list of
 * values already: that is a batch, sent in parts.
 */
export function readsOneByOne(sql: string): boolean {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('SelectStmt' in statement)) return false;
  const { fromClause = [], whereClause } = statement.SelectStmt;
  return fromClause.length > 0 && whereClause !== undefined && !asksForList(whereClause);
}

/** Whether a query only tells if a row is there: it selects constants, of one row at most. */
export function isExistenceCheck(sql: string): boolean {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('SelectStmt' in statement)) return false;
  const { targetList = [], limitCount } = statement.SelectStmt;
  return (
    limitCount !== undefined &&
    targetList.every(
      (each) => 'ResTarget' in each && each.ResTarget.val !== undefined && 'A_Const' in each.ResTarget.val,
    )
  );
}

function asksForList(where: Node): boolean {
  return [...walk(where)].some((node) => {
    if (!('A_Expr' in node)) return false;
    const { kind, rexpr } = node.A_Expr;
    if (kind === 'AEXPR_OP_ANY') return true;
    return (
      kind === 'AEXPR_IN' && rexpr !== undefined && 'List' in rexpr && (rexpr.List.items?.length ?? 0) > 1
    );
  });
}

/** Whether a statement of a trace is a query of a type of PostgreSQL's parse tree, such as `SelectStmt`. */
export function isQueryOf(statement: TraceStatement, type: string): boolean {
  return statement.fingerprint !== null && typeOf(statement) === type;
}

const writes: ReadonlySet<string> = new Set(['InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt']);

export function isWrite(statement: TraceStatement): boolean {
  return statement.fingerprint !== null && writes.has(typeOf(statement));
}

/** Several rules ask about each statement. */
const types = new WeakMap<TraceStatement, string>();

function typeOf(traced: TraceStatement): string {
  const known = types.get(traced);
  if (known !== undefined) return known;
  const parsed = parse(traced.sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  const type = statement === undefined ? '' : nodeType(statement);
  types.set(traced, type);
  return type;
}

/** Whether it writes rows that its text holds or names one by one: no INSERT of many rows, nothing read from a table. */
export function writesOneRow(statement: TraceStatement): boolean {
  if (!isWrite(statement)) return false;
  const parsed = parse(statement.sql);
  const node = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined) return false;
  if ('InsertStmt' in node) {
    const { selectStmt } = node.InsertStmt;
    if (selectStmt === undefined) return true;
    return 'SelectStmt' in selectStmt && selectStmt.SelectStmt.valuesLists?.length === 1;
  }
  const where =
    'UpdateStmt' in node
      ? node.UpdateStmt.whereClause
      : 'DeleteStmt' in node
        ? node.DeleteStmt.whereClause
        : undefined;
  return where !== undefined && !asksForList(where);
}

/** What returns something else each time, or is called for what it does. */
const varying: ReadonlySet<string> = new Set([
  'clock_timestamp',
  'gen_random_uuid',
  'nextval',
  'random',
  'uuidv7',
]);

/** Whether asking again, with nothing written in between, gives the same: it reads tables, and locks nothing. */
export function isRepeatable(statement: TraceStatement): boolean {
  if (!isQueryOf(statement, 'SelectStmt')) return false;
  const parsed = parse(statement.sql);
  const node = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (node === undefined || !('SelectStmt' in node) || node.SelectStmt.lockingClause !== undefined)
    return false;
  const { relations, functions } = mentionsOf(node);
  return relations.length > 0 && !functions.some((name) => varying.has(name));
}
