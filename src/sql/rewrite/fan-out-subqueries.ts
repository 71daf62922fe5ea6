import { walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import type { Branch } from './fan-out-branches.ts';
import { fromOf, type Join, joined, lateral } from './joins.ts';
import { aliasesIn, type Source, sourceOf } from './sources.ts';
import { and, column, compare, conjuncts, integer, operatorOf, select, target } from './tree.ts';

/** Subqueries for one row at a time, or for all, with a row for each value that they are joined by. */
export type SubqueryForm = 'lateral' | 'grouped';

/** FROM with a subquery in the place of each branch that something is computed of; null where the form does not fit. */
export function withBranches(
  form: SubqueryForm,
  joins: readonly Join[],
  branches: readonly Branch[],
  kept: ReadonlySet<string>,
): Node[] | null {
  const items = fromOf(joins.filter(({ source }) => kept.has(source.alias)));
  for (const branch of branches.filter(({ totals }) => totals.size > 0)) {
    const item = form === 'lateral' ? lateralOf(branch) : groupedOf(branch);
    const left = items.pop();
    if (item === null || left === undefined) return null;
    items.push(joined(left, 'left', item.subquery, item.condition));
  }
  return items;
}

interface Item {
  readonly subquery: Node;
  readonly condition: Node;
}

function lateralOf({ joins, totals, alias }: Branch): Item | null {
  const [first, ...others] = joins;
  if (first === undefined) return null;
  const targetList = targetsOf(totals);
  const whereClause = first.condition;
  const isStrict = [...totals.values()].every(({ call }) => !canTellNothing(call));
  const subquery = isStrict
    ? select({
        targetList,
        fromClause: fromOf([{ ...first, kind: 'from', condition: undefined }, ...others]),
        ...(whereClause === undefined ? {} : { whereClause }),
      })
    : select({ targetList, fromClause: [joinedToNothing(joins)] });
  const condition: Node = { A_Const: { boolval: { boolval: true } } };
  return { subquery: lateral({ SelectStmt: subquery }, alias), condition };
}

function targetsOf(totals: Branch['totals']): Node[] {
  return [...totals.values()].map(({ name, call }) => target(call, name));
}

/** There is one row at least, of NULLs where nothing is found. */
function joinedToNothing(joins: readonly Join[]): Node {
  const one = select({ targetList: [target(integer(1))] });
  const nothing: Node = { RangeSubselect: { subquery: { SelectStmt: one }, alias: { aliasname: 'one' } } };
  return joins.reduce<Node>(
    (left, { source, condition }) => joined(left, 'left', source.node, condition),
    nothing,
  );
}

function groupedOf({ joins, totals, alias }: Branch): Item | null {
  const [first, ...others] = joins;
  if (first === undefined || [...totals.values()].some(({ call }) => canTellNothing(call))) return null;
  const ties: Tie[] = [];
  const own: Node[] = [];
  for (const condition of conjuncts(first.condition)) {
    const tie = tieOf(condition, first.source);
    if (tie !== null) ties.push(tie);
    else if (aliasesIn(condition, [first.source]) !== null) own.push(condition);
    else return null;
  }
  const names = ties.map((_, index) => (ties.length === 1 ? 'key' : `key_${index + 1}`));
  const condition = and(
    ties.map(({ outside }, index) => compare(column(alias, names[index] ?? ''), '=', outside)),
  );
  const whereClause = and(own);
  if (condition === undefined) return null;
  const subquery = select({
    targetList: [...ties.map(({ key }, index) => target(key, names[index])), ...targetsOf(totals)],
    fromClause: fromOf([{ ...first, kind: 'from', condition: undefined }, ...others]),
    ...(whereClause === undefined ? {} : { whereClause }),
    groupClause: ties.map(({ key }) => key),
  });
  return {
    subquery: { RangeSubselect: { subquery: { SelectStmt: subquery }, alias: { aliasname: alias } } },
    condition,
  };
}

/** A column of a branch, and what it equals outside. */
interface Tie {
  readonly key: Node;
  readonly outside: Node;
}

function tieOf(condition: Node, source: Source): Tie | null {
  if (operatorOf(condition) !== '=' || !('A_Expr' in condition)) return null;
  const { lexpr, rexpr } = condition.A_Expr;
  if (lexpr === undefined || rexpr === undefined) return null;
  const isOwn = (node: Node) => 'ColumnRef' in node && sourceOf(node, [source]) !== null;
  const isOther = (node: Node) => 'ColumnRef' in node && sourceOf(node, [source]) === null;
  if (isOwn(lexpr) && isOther(rexpr)) return { key: lexpr, outside: rexpr };
  return isOwn(rexpr) && isOther(lexpr) ? { key: rexpr, outside: lexpr } : null;
}

/**
 * Whether an aggregate can make something of a row of NULLs, which a join to the left has where it finds nothing. A
 * CASE without ELSE makes NULL of what it does not know.
 */
function canTellNothing(call: Node): boolean {
  return [...walk(call)].some(
    (node) =>
      ('CaseExpr' in node && node.CaseExpr.defresult !== undefined) ||
      'CoalesceExpr' in node ||
      'NullTest' in node ||
      'BooleanTest' in node,
  );
}
