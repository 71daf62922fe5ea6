import { columnReference, parseExpression, walk } from './expression.ts';
import type { Node } from './grammar.ts';
import { numberOf, withoutCasts } from './parameters.ts';

/** A parameter that a condition of a plan compares for equality with a column. */
export interface EqualParameter {
  readonly number: number;
  readonly alias: string;
  readonly column: string;
  /** Whether it is a list: `= ANY ($1)`. */
  readonly isList: boolean;
  /** Its place in a list of parameters, from 0: `= ANY (ARRAY[$1, $2])`. */
  readonly place: number;
}

/** How EXPLAIN prints the results of other parts of a plan, which no grammar reads. */
const subplans = /\((?:hashed )?(?:InitPlan|SubPlan) \d+\)(?:\.\w+)?/g;

/** Parameters that a condition, as EXPLAIN (VERBOSE) prints it, compares by `=`, also through IN and ANY. */
export function equalParameters(condition: string): readonly EqualParameter[] {
  const root = parseExpression(condition.replaceAll(subplans, 'NULL'));
  return root === null ? [] : [...walk(root)].flatMap(parametersOf);
}

function parametersOf(node: Node): readonly EqualParameter[] {
  if (!('A_Expr' in node)) return [];
  const { kind, name, lexpr, rexpr } = node.A_Expr;
  const [operator] = name ?? [];
  const isEqual = operator !== undefined && 'String' in operator && operator.String.sval === '=';
  const isList = kind === 'AEXPR_OP_ANY';
  // IS DISTINCT FROM and NULLIF are of that operator too.
  if (!isEqual || !(isList || kind === 'AEXPR_OP')) return [];
  if (lexpr === undefined || rexpr === undefined) return [];
  return [
    [lexpr, rexpr],
    [rexpr, lexpr],
  ].flatMap(([side, other]) => {
    const [alias, column, ...more] = side === undefined ? [] : (columnReference(withoutCasts(side)) ?? []);
    if (alias === undefined || column === undefined || more.length > 0 || other === undefined) return [];
    return numbersIn(withoutCasts(other), isList).map((each) => ({ ...each, alias, column }));
  });
}

function numbersIn(
  node: Node,
  isList: boolean,
): readonly Pick<EqualParameter, 'number' | 'isList' | 'place'>[] {
  const number = numberOf(node);
  if (number !== null) return [{ number, isList, place: 0 }];
  if (!('A_ArrayExpr' in node)) return [];
  return (node.A_ArrayExpr.elements ?? []).flatMap((element, place) => {
    const inside = numberOf(withoutCasts(element));
    return inside === null ? [] : [{ number: inside, isList: false, place }];
  });
}
