import { conjuncts } from './blocks.ts';
import { columnReference, walk } from './expression.ts';
import type { Node } from './grammar.ts';
import type { NamedColumn } from './references.ts';
import { namedColumn } from './sources.ts';

/** `x NOT IN (SELECT ...)`, and what it looks for. */
export interface NotIn {
  /** The one column that the subquery selects; null for anything else. */
  readonly column: NamedColumn | null;
  /** Relations that the subquery reads, as it names them, in order. */
  readonly relations: readonly {
    readonly schema: string | null;
    readonly name: string;
    readonly alias: string;
  }[];
  /** Whether the subquery leaves out NULL, or joins in a way that can make one. */
  readonly nulls: 'left out' | 'as stored' | 'made by a join';
}

/** How many rows a query passes over: a constant, the number of a parameter, or something else. */
export type Offset =
  | { readonly kind: 'constant'; readonly rows: number }
  | { readonly kind: 'parameter'; readonly number: number }
  | { readonly kind: 'expression' };

/** What a query's text says beside its blocks. */
export interface QueryTraits {
  readonly notIn: readonly NotIn[];
  /** Offset of the outermost SELECT. */
  readonly offset: Offset | null;
  readonly sortsAtRandom: boolean;
  /** Lengths of lists of IN and NOT IN, longest first. */
  readonly lists: readonly number[];
  /** Columns compared with the constant NULL by `=` or `<>`. */
  readonly nullComparisons: readonly { readonly operator: string; readonly column: string | null }[];
  /** Names of columns that the text itself casts. */
  readonly casts: ReadonlySet<string>;
  /** An UPDATE or DELETE without any condition. */
  readonly writesAll: 'UPDATE' | 'DELETE' | null;
  /** An INSERT that lists no columns. */
  readonly insertsUnnamed: boolean;
}

export function traitsOf(statement: Node): QueryTraits {
  const nodes = walk(statement);
  return {
    notIn: nodes.flatMap(notInOf),
    offset: offsetOf(statement),
    sortsAtRandom: nodes.some((node) => 'SortBy' in node && isRandom(node.SortBy.node)),
    lists: nodes.flatMap(listLength).toSorted((a, b) => b - a),
    nullComparisons: nodes.flatMap(nullComparison),
    casts: new Set(
      nodes.flatMap((node) => ('TypeCast' in node ? walk(node.TypeCast.arg).flatMap(columnName) : [])),
    ),
    writesAll: writesAll(statement),
    insertsUnnamed:
      'InsertStmt' in statement &&
      statement.InsertStmt.cols === undefined &&
      statement.InsertStmt.selectStmt !== undefined,
  };
}

function columnName(node: Node): readonly string[] {
  return columnReference(node)?.slice(-1) ?? [];
}

function operatorOf(names: readonly Node[] | undefined): string {
  const last = names?.at(-1);
  return last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
}

function notInOf(node: Node): readonly NotIn[] {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR') {
    const [inner] = node.BoolExpr.args ?? [];
    // IN names no operator; `= ANY` does, and is the same.
    if (inner === undefined || !('SubLink' in inner) || inner.SubLink.subLinkType !== 'ANY_SUBLINK')
      return [];
    return ['', '='].includes(operatorOf(inner.SubLink.operName)) ? lookedFor(inner.SubLink.subselect) : [];
  }
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'ALL_SUBLINK') return [];
  return operatorOf(node.SubLink.operName) === '<>' ? lookedFor(node.SubLink.subselect) : [];
}

function lookedFor(subquery: Node | undefined): readonly NotIn[] {
  if (subquery === undefined || !('SelectStmt' in subquery)) return [];
  const { targetList = [], fromClause = [], whereClause } = subquery.SelectStmt;
  const [target] = targetList;
  const value = target !== undefined && 'ResTarget' in target ? target.ResTarget.val : undefined;
  const column = value === undefined || targetList.length > 1 ? null : namedColumn(value);
  const isLeftOut = (whereClause === undefined ? [] : conjuncts(whereClause)).some(
    (each) =>
      'NullTest' in each &&
      each.NullTest.nulltesttype === 'IS_NOT_NULL' &&
      each.NullTest.arg !== undefined &&
      namedColumn(each.NullTest.arg)?.column === column?.column,
  );
  const nodes = walk(fromClause);
  const makesNull = nodes.some((node) => 'JoinExpr' in node && node.JoinExpr.jointype !== 'JOIN_INNER');
  const relations = nodes.flatMap((node) =>
    'RangeVar' in node
      ? [
          {
            schema: node.RangeVar.schemaname ?? null,
            name: node.RangeVar.relname ?? '',
            alias: node.RangeVar.alias?.aliasname ?? node.RangeVar.relname ?? '',
          },
        ]
      : [],
  );
  return [{ column, relations, nulls: isLeftOut ? 'left out' : makesNull ? 'made by a join' : 'as stored' }];
}

function offsetOf(statement: Node): Offset | null {
  const offset = 'SelectStmt' in statement ? statement.SelectStmt.limitOffset : undefined;
  if (offset === undefined) return null;
  const inner = 'TypeCast' in offset ? (offset.TypeCast.arg ?? offset) : offset;
  if ('A_Const' in inner) return { kind: 'constant', rows: constantOf(inner) };
  return 'ParamRef' in inner
    ? { kind: 'parameter', number: inner.ParamRef.number ?? 1 }
    : { kind: 'expression' };
}

/** A number, written as one or between quotes; 0 for NULL and for 0 itself, which the parser leaves out. */
function constantOf({ A_Const: { ival, fval, sval } }: Extract<Node, { A_Const: unknown }>): number {
  return ival?.ival ?? Number(fval?.fval ?? sval?.sval ?? 0);
}

function isRandom(node: Node | undefined): boolean {
  if (node === undefined || !('FuncCall' in node)) return false;
  return ['random', 'gen_random_uuid'].includes(operatorOf(node.FuncCall.funcname));
}

function listLength(node: Node): readonly number[] {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_IN') return [];
  const { rexpr } = node.A_Expr;
  return rexpr !== undefined && 'List' in rexpr ? [rexpr.List.items?.length ?? 0] : [];
}

function nullComparison(node: Node): QueryTraits['nullComparisons'] {
  if (!('A_Expr' in node) || node.A_Expr.kind !== 'AEXPR_OP') return [];
  const operator = operatorOf(node.A_Expr.name);
  if (operator !== '=' && operator !== '<>') return [];
  const { lexpr, rexpr } = node.A_Expr;
  const [column, compared] = isNull(lexpr) ? [rexpr, lexpr] : [lexpr, rexpr];
  if (!isNull(compared) || column === undefined) return [];
  return [{ operator, column: columnReference(column)?.join('.') ?? null }];
}

function isNull(node: Node | undefined): boolean {
  if (node === undefined) return false;
  const inner = 'TypeCast' in node ? node.TypeCast.arg : node;
  return inner !== undefined && 'A_Const' in inner && inner.A_Const.isnull === true;
}

function writesAll(statement: Node): QueryTraits['writesAll'] {
  if ('UpdateStmt' in statement) {
    const { whereClause, fromClause } = statement.UpdateStmt;
    return whereClause === undefined && fromClause === undefined ? 'UPDATE' : null;
  }
  if (!('DeleteStmt' in statement)) return null;
  const { whereClause, usingClause } = statement.DeleteStmt;
  return whereClause === undefined && usingClause === undefined ? 'DELETE' : null;
}
