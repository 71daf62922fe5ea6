import type { Node } from '../grammar.ts';
import { answersOfPlans, equal, type Rewriter } from './rewriting.ts';
import { type Source, sourcesOf, type Tables, tableColumn } from './sources.ts';
import {
  and,
  column,
  compare,
  exists,
  isPlain,
  not,
  replaced,
  type Select,
  select,
  selectIn,
  target,
} from './tree.ts';

const ofNulls =
  'the columns may be NULL: `NOT IN` finds no row at all as soon as the subquery returns a NULL, and none whose own value is NULL, while `NOT EXISTS` passes over NULLs, which is mostly what is meant';

/** `x NOT IN (SELECT y ...)` as `NOT EXISTS (SELECT ... WHERE y = x)`, which can be an anti-join. */
export const notInToNotExists: Rewriter = (query, tables) => {
  const sources = sourcesOf(query, tables);
  if (sources === null || query.whereClause === undefined) return [];
  let isNullable = false;
  let count = 0;
  const rewritten = replaced(query, (node) => {
    const membership = notIn(node);
    const form = membership === null ? null : notExists(membership, sources, tables);
    if (form === null) return null;
    count += 1;
    isNullable ||= form.isNullable;
    return form.node;
  });
  if (count === 0) return [];
  return [
    {
      title: 'Ask with NOT EXISTS instead of NOT IN',
      select: rewritten,
      answers: ['query/not-in-subquery', ...answersOfPlans],
      nature: isNullable ? { kind: 'alike', reason: ofNulls } : equal,
    },
  ];
};

interface Membership {
  readonly tested: Node;
  readonly subselect: Select;
}

/** `NOT (x IN (SELECT ...))`, which is how `NOT IN` is read, or `x <> ALL (SELECT ...)`. */
function notIn(node: Node): Membership | null {
  if ('BoolExpr' in node && node.BoolExpr.boolop === 'NOT_EXPR') {
    const [inside] = node.BoolExpr.args ?? [];
    if (inside === undefined || !('SubLink' in inside)) return null;
    const { subLinkType, testexpr, operName, subselect } = inside.SubLink;
    if (subLinkType !== 'ANY_SUBLINK' || operName !== undefined) return null;
    return membershipOf(testexpr, subselect);
  }
  if (!('SubLink' in node) || node.SubLink.subLinkType !== 'ALL_SUBLINK') return null;
  const operator = node.SubLink.operName?.at(-1);
  if (operator === undefined || !('String' in operator) || operator.String.sval !== '<>') return null;
  return membershipOf(node.SubLink.testexpr, node.SubLink.subselect);
}

function membershipOf(tested: Node | undefined, subquery: Node | undefined): Membership | null {
  const subselect = selectIn(subquery);
  return tested === undefined || subselect === null ? null : { tested, subselect };
}

function notExists(
  { tested, subselect }: Membership,
  outer: readonly Source[],
  tables: Tables,
): { readonly node: Node; readonly isNullable: boolean } | null {
  const inner = sourcesOf(subselect, tables);
  const [only, ...more] = subselect.targetList ?? [];
  const value = only !== undefined && 'ResTarget' in only ? only.ResTarget.val : undefined;
  const left = tableColumn(tested, outer);
  if (inner === null || value === undefined || left === null) return null;
  if (more.length > 0 || !isPlain(subselect, ['distinctClause', 'sortClause'])) return null;
  // Its name would mean another table within the subquery.
  if (inner.some(({ alias }) => alias === left.source.alias)) return null;
  const right = tableColumn(value, inner);
  const own = right === null ? value : column(right.source.alias, right.column.name);
  const equal = compare(own, '=', column(left.source.alias, left.column.name));
  const { distinctClause, sortClause, ...rest } = subselect;
  const whereClause = and([...(rest.whereClause === undefined ? [] : [rest.whereClause]), equal]);
  const subquery = { ...rest, targetList: [target({ A_Const: { ival: { ival: 1 } } })] };
  const canBeNull = [left, right].some(
    (each) => each === null || !each.column.notNull || each.source.isOptional,
  );
  return {
    node: not(exists(select({ ...subquery, ...(whereClause === undefined ? {} : { whereClause }) }))),
    isNullable: canBeNull,
  };
}
