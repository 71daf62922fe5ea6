import { columnReference, walk } from '../expression.ts';
import type { Node } from '../grammar.ts';
import { operatorOf, replaced, type Select, selectIn, select as selectOf, target, text } from './tree.ts';

/** A text that a query compares something computed with, and the query for what is computed. */
export interface Probe {
  readonly constant: string;
  readonly select: Select;
}

/**
 * Texts that no made-up row can be expected to meet, since they are compared with what is computed of its columns,
 * such as a hash. What does come out can be put in their place, in the query and in its other form alike.
 */
export function probesOf(query: Select): readonly Probe[] {
  const selects = [...walk({ SelectStmt: query })].flatMap((node) => selectIn(node) ?? []);
  return selects.flatMap((each) =>
    [...walk([each.whereClause, each.fromClause].flatMap((part) => part ?? []))].flatMap((node) => {
      const comparison = comparedText(node);
      const computed = comparison === null ? null : computedBy(comparison.other, each, selects);
      if (comparison === null || computed === null) return [];
      const { withClause } = query;
      const isNested = withClause === undefined || computed.withClause !== undefined;
      return [{ constant: comparison.constant, select: isNested ? computed : { ...computed, withClause } }];
    }),
  );
}

/** The query with another text in the place of a constant. */
export function withText(query: Select, constant: string, other: string): Select {
  return replaced(query, (node) =>
    'A_Const' in node && node.A_Const.sval?.sval === constant ? text(other) : null,
  );
}

/** How often a text stands in a query. */
export function occurrences(query: Select, constant: string): number {
  const nodes = [...walk({ SelectStmt: query })];
  return nodes.filter((node) => 'A_Const' in node && node.A_Const.sval?.sval === constant).length;
}

function comparedText(node: Node): { readonly constant: string; readonly other: Node } | null {
  if (operatorOf(node) !== '=' || !('A_Expr' in node)) return null;
  const { lexpr, rexpr } = node.A_Expr;
  for (const [one, other] of [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ]) {
    const constant = one !== undefined && 'A_Const' in one ? one.A_Const.sval?.sval : undefined;
    if (constant !== undefined && other !== undefined) return { constant, other };
  }
  return null;
}

/** A query for what stands on the other side, where that is computed: right here, or in a subquery that names it so. */
function computedBy(other: Node, here: Select, selects: readonly Select[]): Select | null {
  if (isComputed(other)) return here.fromClause === undefined ? null : probe(other, here.fromClause);
  const name = columnReference(other)?.at(-1);
  for (const { targetList, fromClause } of name === undefined ? [] : selects) {
    for (const item of targetList ?? []) {
      if (!('ResTarget' in item) || item.ResTarget.name !== name || item.ResTarget.val === undefined)
        continue;
      if (fromClause !== undefined && isComputed(item.ResTarget.val))
        return probe(item.ResTarget.val, fromClause);
    }
  }
  return null;
}

function isComputed(node: Node): boolean {
  return (
    'FuncCall' in node ||
    (('A_Expr' in node || 'TypeCast' in node) && [...walk(node)].some((each) => 'ColumnRef' in each))
  );
}

/** More values tell no more. */
const values = 3;

function probe(computed: Node, fromClause: Node[]): Select {
  return selectOf({
    targetList: [target(computed, 'value')],
    fromClause,
    limitCount: { A_Const: { ival: { ival: values } } },
    limitOption: 'LIMIT_OPTION_COUNT',
  });
}
