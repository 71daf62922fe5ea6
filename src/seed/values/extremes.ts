import type { ValueType } from '../schema/types.ts';
import { literal, typeSql } from './value.ts';

/** Length of a text that is long for what has no limit, and still fits an index. */
const longText = 1_000;

/**
 * Values at the ends of a type, empty ones, and ones that casts to other types do not accept, as SQL expressions.
 * Some of them a column may refuse. The last is the farthest one.
 */
export function extremes(type: ValueType): readonly string[] {
  switch (type.kind) {
    case 'base':
      return extremeTexts(type).map((text) => literal(text, typeSql(type)));
    case 'enum':
      return type.labels.map((label) => literal(label, type.sql));
    case 'domain':
      return extremes(type.base).map((value) => `(${value})::${type.sql}`);
    case 'array':
      return [literal('{}', type.sql), literal('{NULL}', type.sql)];
    case 'range':
      return [literal('empty', type.sql), literal('(,)', type.sql)];
    case 'multirange':
      return [literal('{}', type.sql), literal('{(,)}', type.sql)];
    case 'composite':
      return [];
    default:
      return type satisfies never;
  }
}

function extremeTexts({ name, category, modifier }: Extract<ValueType, { kind: 'base' }>): readonly string[] {
  const known = texts[name];
  if (known !== undefined) return known;
  if (name === 'numeric') return numericTexts(modifier);
  if (category === 'S') return ['', 'x', '-1', 'x'.repeat(modifier < 4 ? longText : modifier - 4)];
  return [];
}

/** The highest number of a precision and scale, which its modifier holds (numeric_typmod_precision in numeric.c). */
function numericTexts(modifier: number): readonly string[] {
  if (modifier < 4) return ['0', '-1', '12345678901234567890.123456789'];
  const precision = ((modifier - 4) >> 16) & 0xffff;
  const scale = (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
  return ['0', '-1', `${'9'.repeat(precision)}e${-scale}`];
}

const days = ['0001-01-01', '9999-12-31', 'infinity'];

/** By typname. */
const texts: Readonly<Record<string, readonly string[]>> = {
  bool: ['true', 'false'],
  int2: ['0', '-1', '-32768', '32767'],
  int4: ['0', '-1', '-2147483648', '2147483647'],
  int8: ['0', '-1', '-9223372036854775808', '9223372036854775807'],
  float4: ['0', '-1', '1e30'],
  float8: ['0', '-1', '1e300'],
  money: ['0', '-1', '92233720368547758.07'],
  name: ['', 'x'.repeat(63)],
  bytea: ['', '\\xff'],
  date: days,
  timestamp: days,
  timestamptz: days,
  time: ['24:00:00', '23:59:59.999999'],
  interval: ['0', '-1 day', '1000 years 1 microsecond'],
  uuid: ['00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-4fff-bfff-ffffffffffff'],
  json: ['null', '[]', '{}', '"x"'],
  jsonb: ['null', '[]', '{}', '"x"'],
  inet: ['::1', '192.0.2.1/24'],
  tsvector: [''],
};
