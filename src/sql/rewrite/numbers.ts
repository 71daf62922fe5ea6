import { constantText } from '../comparisons.ts';
import type { Node } from '../grammar.ts';
import { type Source, tableColumn } from './sources.ts';
import { compare, integer, operatorOf, typeName } from './tree.ts';

const integers: ReadonlySet<string> = new Set(['int2', 'int4', 'int8']);

/**
 * A comparison of a column plus or minus a number, with the number on the other side; of a number or a uuid as text,
 * with a constant of its type.
 */
export function ofNumbers(
  wrapped: Node,
  operator: string,
  value: Node,
  sources: readonly Source[],
): Node | null {
  return ofSum(wrapped, operator, value, sources) ?? ofText(wrapped, operator, value, sources);
}

function ofSum(wrapped: Node, operator: string, value: Node, sources: readonly Source[]): Node | null {
  const sign = operatorOf(wrapped);
  if (!('A_Expr' in wrapped) || (sign !== '+' && sign !== '-')) return null;
  const { lexpr, rexpr } = wrapped.A_Expr;
  if (lexpr === undefined || rexpr === undefined) return null;
  const [own, added] = sign === '+' && wholeNumber(lexpr) !== null ? [rexpr, lexpr] : [lexpr, rexpr];
  const type = tableColumn(own, sources)?.column.typeName;
  const number = wholeNumber(added);
  if (type === undefined || number === null) return null;
  const constant = wholeNumber(value);
  if (integers.has(type) && constant !== null) {
    return compare(own, operator, integer(sign === '+' ? constant - number : constant + number));
  }
  if (!integers.has(type) || !('ParamRef' in value)) return null;
  return compare(own, operator, compare(value, sign === '+' ? '-' : '+', added));
}

/** A constant that fits an int4, as do sums of a few of them that people write. */
function wholeNumber(node: Node): number | null {
  if (!('A_Const' in node) || node.A_Const.ival === undefined) return null;
  const number = node.A_Const.ival.ival ?? 0;
  return Math.abs(number) < 2 ** 30 ? number : null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const canonicalInteger = /^(0|-?[1-9]\d{0,8})$/;

function ofText(wrapped: Node, operator: string, value: Node, sources: readonly Source[]): Node | null {
  if (!('TypeCast' in wrapped) || wrapped.TypeCast.arg === undefined || operator !== '=') return null;
  if (!['text', 'varchar'].includes(typeName(wrapped.TypeCast.typeName))) return null;
  if ((wrapped.TypeCast.typeName?.typmods ?? []).length > 0) return null;
  const constant = constantText(value);
  const { arg } = wrapped.TypeCast;
  const type = tableColumn(arg, sources)?.column.typeName;
  if (type === undefined || constant === null) return null;
  // Other ways to write the same value are other texts, and equal to no column's.
  if (integers.has(type) && canonicalInteger.test(constant))
    return compare(arg, '=', integer(Number(constant)));
  return type === 'uuid' && uuid.test(constant) ? compare(arg, '=', value) : null;
}
