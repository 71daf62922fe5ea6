import { columnReference } from './expression.ts';
import type { Node, RangeVar } from './grammar.ts';
import type { NamedColumn } from './references.ts';

export type SelectStatement = Extract<Node, { SelectStmt: unknown }>['SelectStmt'];

/** An item of FROM, joined or listed. */
export interface Source {
  /** How the rest of the query calls it. */
  readonly alias: string;
  /** The relation that it names; null for a subquery, a function, or the name of a common table expression. */
  readonly relation: { readonly schema: string | null; readonly name: string } | null;
  readonly join: 'none' | 'inner' | 'left' | 'right' | 'full' | 'cross';
  /** Whether it can refer to those before it: a function, or LATERAL. */
  readonly lateral: boolean;
  /**
   * Columns by which the rows of a subquery are unique, as it groups them; `[]` where it has one row at most. Null where
   * the text does not tell.
   */
  readonly uniqueBy: readonly string[] | null;
}

/** A condition of a join, and those of its two sides. */
export interface JoinCondition {
  readonly quals: Node | null;
  /** Columns of USING. */
  readonly using: readonly string[];
  readonly natural: boolean;
  /** CROSS JOIN. */
  readonly cross: boolean;
  readonly left: readonly string[];
  readonly right: readonly string[];
}

export interface FromClause {
  readonly sources: readonly Source[];
  readonly conditions: readonly JoinCondition[];
}

/** Reads FROM. Common table expressions are given by name. */
export function readFrom(
  items: readonly Node[],
  derived: ReadonlyMap<string, SelectStatement | null>,
): FromClause {
  const read = items.map((item, index) => readItem(item, index === 0 ? 'none' : 'cross', derived));
  return {
    sources: read.flatMap(({ sources }) => sources),
    conditions: read.flatMap(({ conditions }) => conditions),
  };
}

function readItem(
  item: Node,
  join: Source['join'],
  derived: ReadonlyMap<string, SelectStatement | null>,
): FromClause {
  if ('JoinExpr' in item) {
    const { larg, rarg, jointype, quals = null, usingClause, isNatural = false } = item.JoinExpr;
    if (larg === undefined || rarg === undefined) return { sources: [], conditions: [] };
    const isCross = quals === null && usingClause === undefined && !isNatural;
    const left = readItem(larg, join, derived);
    const right = readItem(rarg, isCross ? 'cross' : joinOf(jointype), derived);
    const condition: JoinCondition = {
      quals,
      using: (usingClause ?? []).flatMap((name) => ('String' in name ? (name.String.sval ?? []) : [])),
      natural: isNatural,
      cross: isCross,
      left: left.sources.map(({ alias }) => alias),
      right: right.sources.map(({ alias }) => alias),
    };
    return {
      sources: [...left.sources, ...right.sources],
      conditions: [...left.conditions, ...right.conditions, condition],
    };
  }
  return { sources: [readSource(item, join, derived)], conditions: [] };
}

function joinOf(type: string | undefined): Source['join'] {
  switch (type) {
    case 'JOIN_LEFT':
      return 'left';
    case 'JOIN_RIGHT':
      return 'right';
    case 'JOIN_FULL':
      return 'full';
    default:
      return 'inner';
  }
}

function readSource(
  item: Node,
  join: Source['join'],
  derived: ReadonlyMap<string, SelectStatement | null>,
): Source {
  if ('RangeVar' in item) return sourceOfRelation(item.RangeVar, join, derived);
  if ('RangeSubselect' in item) {
    const { subquery, alias, lateral = false } = item.RangeSubselect;
    const select = subquery !== undefined && 'SelectStmt' in subquery ? subquery.SelectStmt : null;
    return { alias: alias?.aliasname ?? '', relation: null, join, lateral, uniqueBy: uniqueBy(select) };
  }
  // Functions may use what stands before them without saying LATERAL.
  const alias = 'RangeFunction' in item ? item.RangeFunction.alias?.aliasname : undefined;
  return { alias: alias ?? '', relation: null, join, lateral: true, uniqueBy: null };
}

function sourceOfRelation(
  { schemaname, relname = '', alias }: RangeVar,
  join: Source['join'],
  derived: ReadonlyMap<string, SelectStatement | null>,
): Source {
  const common = schemaname === undefined ? derived.get(relname) : undefined;
  return {
    alias: alias?.aliasname ?? relname,
    relation: common === undefined ? { schema: schemaname ?? null, name: relname } : null,
    join,
    lateral: false,
    uniqueBy: common === undefined ? null : uniqueBy(common),
  };
}

/** Names of the columns by which the result of a SELECT is unique. */
function uniqueBy(select: SelectStatement | null): readonly string[] | null {
  if (select === null || select.larg !== undefined) return null;
  const { groupClause, distinctClause, targetList = [], limitCount } = select;
  if (limitCount !== undefined && 'A_Const' in limitCount && limitCount.A_Const.ival?.ival === 1) return [];
  if (groupClause !== undefined) return outputNames(groupClause, targetList);
  const isAggregate = targetList.length > 0 && targetList.every(isAggregateCall);
  if (isAggregate) return [];
  if (distinctClause === undefined) return null;
  const isPlain = distinctClause.every((node) => Object.keys(node).length === 0);
  const all = targetList.flatMap((target) => ('ResTarget' in target ? (target.ResTarget.val ?? []) : []));
  return outputNames(isPlain ? all : distinctClause, targetList);
}

/** The names under which expressions are in a target list; null where one is not. */
function outputNames(expressions: readonly Node[], targets: readonly Node[]): readonly string[] | null {
  const names = expressions.map((expression): string | null => {
    const column = columnReference(expression)?.at(-1) ?? null;
    const ordinal = 'A_Const' in expression ? (expression.A_Const.ival?.ival ?? null) : null;
    if (ordinal !== null) return nameOf(targets[ordinal - 1]);
    return column === null ? null : (targets.map(nameOf).find((name) => name === column) ?? null);
  });
  return names.some((name) => name === null) ? null : names.flatMap((name) => name ?? []);
}

function nameOf(target: Node | undefined): string | null {
  if (target === undefined || !('ResTarget' in target)) return null;
  const { name, val } = target.ResTarget;
  return name ?? (val === undefined ? null : (columnReference(val)?.at(-1) ?? null));
}

const aggregates: ReadonlySet<string> = new Set([
  'array_agg',
  'avg',
  'bool_and',
  'bool_or',
  'count',
  'every',
  'json_agg',
  'jsonb_agg',
  'json_object_agg',
  'jsonb_object_agg',
  'max',
  'min',
  'string_agg',
  'sum',
]);

/** The plain name of an aggregate of PostgreSQL's that a node calls, and no window function; or null. */
export function aggregateName(node: Node): string | null {
  if (!('FuncCall' in node) || node.FuncCall.over !== undefined) return null;
  const last = node.FuncCall.funcname?.at(-1);
  const name = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
  return aggregates.has(name) ? name : null;
}

function isAggregateCall(target: Node): boolean {
  return (
    'ResTarget' in target &&
    target.ResTarget.val !== undefined &&
    aggregateName(target.ResTarget.val) !== null
  );
}

/** A column as an expression names it, or null. */
export function namedColumn(node: Node): NamedColumn | null {
  const path = columnReference(node);
  const column = path?.at(-1);
  if (path === null || column === undefined || column === '*') return null;
  return { qualifier: path.at(-2) ?? null, column };
}
