import { columnReference, parseExpression, walk } from './expression.ts';
import type { Node } from './grammar.ts';

/** What EXPLAIN prints for subqueries, which is no SQL: `(hashed SubPlan 1)`, `(InitPlan 1 (returns $0))`. */
const subplan = /\(?(?:hashed )?(?:SubPlan|InitPlan) \d+(?: \(returns [^)]*\))?\)?/g;

/** How it prints what asks a subquery: `(ANY (a.id = (hashed SubPlan 1).col1))`, `EXISTS(SubPlan 2)`. */
const asked = /(?<=^|\()(?:ANY|ALL) (?=\()|\bEXISTS(?=\()/g;

/** A plan's condition as a tree, its subqueries as NULL; null where it holds something else that is no SQL. */
function read(condition: string): Node | null {
  return parseExpression(condition.replaceAll(subplan, '(NULL)').replaceAll(asked, 'asked'));
}

/** Aliases whose columns a plan's condition names. */
export function aliasesIn(condition: string): ReadonlySet<string> {
  const root = read(condition);
  return root === null ? new Set() : aliasesBelow(root);
}

function aliasesBelow(root: Node): ReadonlySet<string> {
  return new Set(
    walk(root).flatMap((node) => {
      const path = columnReference(node);
      return path !== null && path.length > 1 ? path.slice(0, 1) : [];
    }),
  );
}

/** Columns of a relation that a plan's condition compares with something else as they are stored. */
export function comparedColumns(condition: string, alias: string): ReadonlySet<string> {
  const root = read(condition);
  const comparisons = root === null ? [] : walk(root).flatMap((node) => sidesOf(node));
  return new Set(
    comparisons.flatMap((side) => {
      const [qualifier, column, ...rest] = columnReference(side) ?? [];
      if (qualifier === undefined || rest.length > 0) return [];
      // With one relation only, EXPLAIN does without its alias.
      if (column === undefined) return [qualifier];
      return qualifier === alias ? [column] : [];
    }),
  );
}

function sidesOf(node: Node): readonly Node[] {
  if ('NullTest' in node) return node.NullTest.arg === undefined ? [] : [node.NullTest.arg];
  if (!('A_Expr' in node)) return [];
  return [node.A_Expr.lexpr, node.A_Expr.rexpr].filter((side) => side !== undefined);
}

/** Sides of an OR that names several relations: the aliases of each. */
export type Alternatives = readonly ReadonlySet<string>[];

/** The first OR of a plan's condition whose alternatives name several relations, or null. */
export function alternativesAcross(condition: string): Alternatives | null {
  const root = read(condition);
  if (root === null) return null;
  for (const node of walk(root)) {
    if (!('BoolExpr' in node) || node.BoolExpr.boolop !== 'OR_EXPR') continue;
    const sides = (node.BoolExpr.args ?? []).map(aliasesBelow);
    if (new Set(sides.flatMap((side) => [...side])).size > 1) return sides;
  }
  return null;
}

/** A column that an operator of containment, existence or path asks about. */
export interface Containment {
  readonly column: string;
  readonly operator: string;
}

const containments: ReadonlySet<string> = new Set(['@>', '?', '?|', '?&', '@?', '@@']);

/** Operators of a plan's condition that a GIN index on the column itself would answer. */
export function containmentsIn(condition: string): readonly Containment[] {
  const root = read(condition);
  if (root === null) return [];
  return walk(root).flatMap((node): readonly Containment[] => {
    if (!('A_Expr' in node) || node.A_Expr.lexpr === undefined) return [];
    const last = node.A_Expr.name?.at(-1);
    const operator = last !== undefined && 'String' in last ? (last.String.sval ?? '') : '';
    const column = columnReference(node.A_Expr.lexpr)?.at(-1);
    return column !== undefined && containments.has(operator) ? [{ column, operator }] : [];
  });
}
