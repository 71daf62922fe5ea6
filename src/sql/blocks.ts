import { walk } from './expression.ts';
import type { Node } from './grammar.ts';
import type { NamedColumn } from './references.ts';
import {
  aggregateName,
  type JoinCondition,
  namedColumn,
  readFrom,
  type SelectStatement,
  type Source,
} from './sources.ts';

/** Two columns that a condition makes equal, or a column and a value from outside. */
interface Equality {
  readonly left: NamedColumn;
  readonly right: NamedColumn | null;
}

/** A call of an aggregate. */
interface AggregateCall {
  readonly name: string;
  readonly distinct: boolean;
  /** Columns in it; none for `count(*)`. */
  readonly columns: readonly NamedColumn[];
}

/** One SELECT of a query, without those inside it. */
export interface QueryBlock {
  readonly outermost: boolean;
  readonly sources: readonly Source[];
  readonly equalities: readonly Equality[];
  /** Columns of each condition of WHERE and ON, a condition being what AND joins. */
  readonly conditions: readonly (readonly NamedColumn[])[];
  /** Whether it holds a NATURAL JOIN, whose columns the text does not name. */
  readonly natural: boolean;
  /** Aliases of what is joined by a CROSS JOIN that is written out. */
  readonly crossJoined: readonly string[];
  readonly hasWhere: boolean;
  readonly aggregates: readonly AggregateCall[];
  /** Columns of GROUP BY; null without one. */
  readonly grouping: readonly NamedColumn[] | null;
  /** SELECT DISTINCT, or DISTINCT ON. */
  readonly distinct: boolean;
  /** Columns that it names anywhere but in the condition by which a source is joined, by alias of that source. */
  readonly namedBeside: (alias: string) => readonly NamedColumn[];
  /** Columns of its result; null where it has others than plain columns, or a `*`. */
  readonly result: readonly NamedColumn[] | null;
  readonly selectsStar: boolean;
  readonly hasLimit: boolean;
  readonly ordered: boolean;
  readonly locks: boolean;
}

/** All SELECTs of a statement, outer ones first. */
export function blocksOf(statement: Node): readonly QueryBlock[] {
  const selects = selectsIn(statement);
  const derived = new Map(
    walk(statement).flatMap((node) => {
      if (!('CommonTableExpr' in node)) return [];
      const { ctename = '', ctequery } = node.CommonTableExpr;
      const select = ctequery !== undefined && 'SelectStmt' in ctequery ? ctequery.SelectStmt : null;
      return [[ctename, select] as const];
    }),
  );
  const outermost = 'SelectStmt' in statement ? statement.SelectStmt : null;
  return selects.map((select) => toBlock(select, select === outermost, derived));
}

/** Branches of UNION, INTERSECT and EXCEPT are fields of their statement, and no nodes of the tree. */
function selectsIn(statement: Node): readonly SelectStatement[] {
  return walk(statement).flatMap((node) => ('SelectStmt' in node ? branches(node.SelectStmt) : []));
}

function branches(select: SelectStatement): readonly SelectStatement[] {
  const { larg, rarg } = select;
  return larg === undefined || rarg === undefined ? [select] : [...branches(larg), ...branches(rarg)];
}

function toBlock(
  select: SelectStatement,
  outermost: boolean,
  derived: ReadonlyMap<string, SelectStatement | null>,
): QueryBlock {
  const { sources, conditions } = readFrom(select.fromClause ?? [], derived);
  const where = select.whereClause === undefined ? [] : conjuncts(select.whereClause);
  const joined = conditions.map((condition) => ({
    condition,
    quals: condition.quals === null ? [] : conjuncts(condition.quals),
  }));
  const all = [...where, ...joined.flatMap(({ quals }) => quals)];
  const output = [select.targetList, select.havingClause, select.sortClause].flatMap((part) => within(part));
  const result = (select.targetList ?? []).map((target) =>
    'ResTarget' in target && target.ResTarget.val !== undefined ? namedColumn(target.ResTarget.val) : null,
  );
  return {
    outermost,
    sources,
    equalities: [...all.flatMap(equalityOf), ...conditions.flatMap(equalitiesOfUsing)],
    conditions: all.map((each) => walk(each).flatMap((node) => namedColumn(node) ?? [])),
    natural: conditions.some(({ natural }) => natural),
    crossJoined: conditions.flatMap(({ cross, right }) => (cross ? right : [])),
    hasWhere: select.whereClause !== undefined,
    aggregates: output.flatMap(toAggregate),
    grouping:
      select.groupClause === undefined
        ? null
        : walk(select.groupClause).flatMap((node) => namedColumn(node) ?? []),
    distinct: select.distinctClause !== undefined,
    namedBeside: (alias) => {
      const others = joined.filter(({ condition }) => !condition.right.every((each) => each === alias));
      const parts = [
        select.targetList,
        where,
        select.groupClause,
        select.havingClause,
        select.sortClause,
        select.distinctClause,
        select.windowClause,
        select.lockingClause,
        select.fromClause?.map(withoutQuals),
        others.map(({ quals }) => quals),
      ];
      return parts.flatMap((part) => walk(part).flatMap((node) => namedColumn(node) ?? []));
    },
    result: result.some((each) => each === null) ? null : result.flatMap((each) => each ?? []),
    selectsStar: (select.targetList ?? []).some((target) => isStar(target)),
    hasLimit: select.limitCount !== undefined,
    ordered: select.sortClause !== undefined,
    locks: select.lockingClause !== undefined,
  };
}

/** Subqueries and functions of FROM, which can name what stands before them. */
function withoutQuals(item: Node): readonly Node[] {
  if (!('JoinExpr' in item)) return [item];
  return [item.JoinExpr.larg, item.JoinExpr.rarg].flatMap((side) =>
    side === undefined ? [] : withoutQuals(side),
  );
}

function isStar(target: Node): boolean {
  return within(target).some(
    (node) => 'ColumnRef' in node && (node.ColumnRef.fields ?? []).some((field) => 'A_Star' in field),
  );
}

/** Nodes of an expression without those of subqueries in it. */
function within(root: Node | readonly Node[] | undefined): readonly Node[] {
  const all = walk(root);
  const inner = new Set(all.flatMap((node) => ('SubLink' in node ? walk(node.SubLink.subselect) : [])));
  return inner.size === 0 ? all : all.filter((node) => !inner.has(node));
}

function toAggregate(node: Node): readonly AggregateCall[] {
  const name = aggregateName(node);
  if (name === null || !('FuncCall' in node)) return [];
  const { args, agg_distinct: distinct = false } = node.FuncCall;
  return [{ name, distinct, columns: walk(args).flatMap((each) => namedColumn(each) ?? []) }];
}

/** What AND joins. */
export function conjuncts(node: Node): readonly Node[] {
  if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'AND_EXPR') return [node];
  return (node.BoolExpr.args ?? []).flatMap(conjuncts);
}

function equalityOf(node: Node): readonly Equality[] {
  if (!('A_Expr' in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const [operator] = (name ?? []).flatMap((each) => ('String' in each ? (each.String.sval ?? []) : []));
  if (kind !== 'AEXPR_OP' || operator !== '=' || lexpr === undefined || rexpr === undefined) return [];
  const [left, right] = [namedColumn(lexpr), namedColumn(rexpr)];
  if (left !== null && right !== null) return [{ left, right }];
  const [column, other] = left === null ? [right, lexpr] : [left, rexpr];
  const isFixed = walk(other).every((each) => namedColumn(each) === null && !('SubLink' in each));
  return column !== null && isFixed ? [{ left: column, right: null }] : [];
}

/** What joins before it a column of USING comes from, the text does not tell: any that has it. */
function equalitiesOfUsing({ using, left, right }: JoinCondition): readonly Equality[] {
  return using.flatMap((column) =>
    left.flatMap((before) =>
      right.map((after) => ({
        left: { qualifier: before, column },
        right: { qualifier: after, column },
      })),
    ),
  );
}
