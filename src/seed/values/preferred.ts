import type { ComparedConstant } from '../../sql/comparisons.ts';
import type { ValueType } from '../schema/types.ts';
import { likePattern } from './pattern.ts';
import { literal, typeSql } from './value.ts';

/**
 * Values on the side of a constant that a comparison asks for, as SQL expressions, so that rows are among those
 * that a statement is about. A number is well within, since a statement may move it towards the constant.
 */
export function valuesWithin({ operator, constant }: ComparedConstant, type: ValueType): readonly string[] {
  const sql = typeSql(type);
  const category = type.kind === 'base' ? type.category : '';
  const number = Number(constant);
  if (category === 'N' && constant !== '' && Number.isFinite(number)) {
    const whole = Number.isInteger(number) ? Math.trunc : (value: number) => value;
    const numbers = numbersWithin(operator, number).map(whole);
    return numbers.map((each) => literal(String(each), sql));
  }
  const value = literal(constant, sql);
  if (category === 'D' && operator.startsWith('<')) return [`(${value} - interval '1 day')::${sql}`, value];
  if (category === 'D' && operator.startsWith('>')) return [`(${value} + interval '1 day')::${sql}`, value];
  return operator.startsWith('~~') ? [1, 2].map((n) => literal(likePattern(constant, n), sql)) : [value];
}

function numbersWithin(operator: string, number: number): readonly number[] {
  const half = number / 2;
  const double = number * 2;
  switch (operator) {
    case '<':
    case '<=':
      return [Math.min(half, double), number - 1, number];
    case '>':
    case '>=':
      return [Math.max(half, double), number + 1, number];
    default:
      return [number];
  }
}
