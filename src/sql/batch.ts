import { conjuncts } from './blocks.ts';
import { columnReference, walk } from './expression.ts';
import { type Node, parse } from './grammar.ts';
import { ByteOffsets } from './position.ts';
import { aggregateName } from './sources.ts';

/** A query of the rows of one value, written for many values. */
export interface Batch {
  /** With `= ANY ($1)`, and the column that tells which row belongs to which value. */
  readonly sql: string;
  /**
   * For a list of the one value `$1`, with the columns of the query: it has to return what the query returns.
   *
   * @param type of the parameter
   */
  readonly ofOne: (type: string) => string;
}

type Select = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];
type Comparison = Extract<Node, { A_Expr: unknown }>['A_Expr'];

/**
 * Writes a query for many values of its only parameter. Totals become those of each value; a value without rows has none
 * then. Null where its rows would be others: where it cuts off or compares rows with each other, or asks by anything but
 * `column = $1`.
 */
export function batchOf(sql: string): Batch | null {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined || !('SelectStmt' in statement)) return null;
  const { SelectStmt: select } = statement;
  const isTotal = isTotalOfAll(select);
  if (select.whereClause === undefined || (!isTotal && !isRowByRow(select))) return null;
  const parameters = walk(statement).filter((node) => 'ParamRef' in node);
  const [key, ...others] = conjuncts(select.whereClause).flatMap(keyOf);
  return key === undefined || others.length > 0 || parameters.length !== 1
    ? null
    : write(sql, select, key, isTotal);
}

/** A condition `column = $1`. */
interface Key {
  readonly column: readonly string[];
  /** Where the column and the parameter stand, in bytes. */
  readonly columnAt: number;
  readonly parameterAt: number;
}

function keyOf(node: Node): readonly Key[] {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP' || !isEquality(node.A_Expr)) return [];
  const { lexpr, rexpr } = node.A_Expr;
  if (lexpr === undefined || rexpr === undefined || !('ParamRef' in rexpr) || !('ColumnRef' in lexpr))
    return [];
  const column = columnReference(lexpr);
  if (column === null || rexpr.ParamRef.number !== 1) return [];
  return [{ column, columnAt: lexpr.ColumnRef.location ?? 0, parameterAt: rexpr.ParamRef.location ?? 0 }];
}

function isEquality({ name }: Comparison): boolean {
  const operator = name?.at(-1);
  return operator !== undefined && 'String' in operator && operator.String.sval === '=';
}

/** Whether each row of the result stands for itself, so that those of several values are those of each. */
function isRowByRow(select: Select): boolean {
  const {
    fromClause = [],
    limitCount,
    limitOffset,
    groupClause,
    havingClause,
    distinctClause,
    withClause,
  } = select;
  const parts = [limitCount, limitOffset, groupClause, havingClause, distinctClause, withClause];
  const calls = walk(select.targetList).some(
    (node) => aggregateName(node) !== null || ('FuncCall' in node && node.FuncCall.over !== undefined),
  );
  return fromClause.length > 0 && parts.every((part) => part === undefined) && !calls;
}

/** Whether it returns aggregates of all of its rows, and nothing else. */
function isTotalOfAll(select: Select): boolean {
  const { targetList = [], fromClause = [], groupClause, havingClause, distinctClause, withClause } = select;
  const parts = [select.limitCount, select.limitOffset, select.sortClause, groupClause, havingClause];
  return (
    fromClause.length > 0 &&
    [...parts, distinctClause, withClause].every((part) => part === undefined) &&
    targetList.length > 0 &&
    targetList.every(
      (each) =>
        'ResTarget' in each && each.ResTarget.val !== undefined && aggregateName(each.ResTarget.val) !== null,
    )
  );
}

function write(
  sql: string,
  select: Select,
  { column, columnAt, parameterAt }: Key,
  isTotal: boolean,
): Batch | null {
  const [target] = select.targetList ?? [];
  const first = target !== undefined && 'ResTarget' in target ? target.ResTarget.location : undefined;
  if (first === undefined) return null;
  // Offsets are asked for in the order of the text.
  const offsets = new ByteOffsets(sql);
  const before = offsets.offsetOf(first);
  const [name] = /^(?:"(?:[^"]|"")*"|[\w$.])+/.exec(sql.slice(offsets.offsetOf(columnAt))) ?? [];
  const at = offsets.offsetOf(parameterAt);
  if (name === undefined || !sql.startsWith('$1', at)) return null;
  const withList = (list: string) => `${sql.slice(0, at)}${list}${sql.slice(at + 2)}`;
  const batch = withList('ANY ($1)');
  const withKey = `${batch.slice(0, before)}${name}, ${batch.slice(before)}`;
  return {
    sql: isTotal
      ? `${withKey.replace(/[\s;]+$/, '')} GROUP BY ${name}`
      : returns(select, column.at(-1) ?? '')
        ? batch
        : withKey,
    ofOne: (type) => withList(`ANY (ARRAY[$1]::${type}[])`),
  };
}

/** Whether a column is in the result by its own name, or `*` is. */
function returns({ targetList = [] }: Select, column: string): boolean {
  return targetList.some((target) => {
    if (!('ResTarget' in target) || target.ResTarget.val === undefined) return false;
    const { name, val } = target.ResTarget;
    const last = columnReference(val)?.at(-1);
    return name === undefined && (last === '*' || last === column);
  });
}
