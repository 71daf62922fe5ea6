import type { ValueType } from '../schema/types.ts';
import { likePattern, matching } from './pattern.ts';
import { textsOfLength, usualTexts } from './text.ts';
import { type DomainValues, literal, nthValue, probes, typeSql } from './value.ts';

/** How many values of a type are tried where a check decides. */
const plainCount = 4;

/**
 * Values of a type that may meet checks with these constants, as SQL expressions: usual ones first, then what the
 * constants suggest. The server decides which of them are values at all, and which meet the checks.
 */
export function candidates(
  type: ValueType,
  name: string,
  constants: readonly string[],
  domains: DomainValues,
): readonly string[] {
  const plain = Array.from({ length: plainCount }, (_, index) => nthValue(type, index + 1, name, domains));
  return [...new Set([...plain.filter((value) => value !== null), ...suggested(type, constants, domains)])];
}

function suggested(type: ValueType, constants: readonly string[], domains: DomainValues): readonly string[] {
  switch (type.kind) {
    case 'base':
      return baseValues(type, constants);
    case 'enum':
      return type.labels.map((label) => literal(label, type.sql));
    case 'domain':
      return domains(type.sql).map((value) => `(${value})::${type.sql}`);
    case 'array': {
      const [first, second] = candidates(type.element, '', constants, domains);
      const several = second === undefined ? [] : [`ARRAY[${first}, ${second}]`];
      return [...several, ...constants.map((text) => `ARRAY[${literal(text, typeSql(type.element))}]`)];
    }
    case 'composite':
    case 'range':
    case 'multirange':
      return constants.map((text) => literal(text, type.sql));
    default:
      return type satisfies never;
  }
}

function baseValues(
  type: Extract<ValueType, { kind: 'base' }>,
  constants: readonly string[],
): readonly string[] {
  const sql = typeSql(type);
  const literals = (texts: readonly string[]) => texts.map((text) => literal(text, sql));
  if (type.name === 'json' || type.name === 'jsonb') return literals(documents(constants));
  if (type.name === 'bytea') return literals([1, 2, 3].flatMap((n) => bytesOfLengths(constants, n)));
  switch (type.category) {
    case 'N':
      return literals(constants.filter(isNumber).flatMap(numbersAround));
    case 'S':
      return literals([1, 2, 3].flatMap((n) => textsAround(constants, n)));
    case 'D':
      return literals(constants.filter(isTime)).flatMap((value) => [
        value,
        ...['1 day', '-1 day', '1 hour', '2 days'].map((step) => `(${value} + interval '${step}')::${sql}`),
      ]);
    case 'B':
      return literals(['true', 'false']);
    case 'U':
      return literals([...constants, ...probes.flatMap((probe) => [probe(1), probe(2), probe(3)])]);
    default:
      return literals(constants);
  }
}

function isNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text);
}

function isTime(text: string): boolean {
  return /^\d{1,4}[-:]/.test(text);
}

/** Numbers at, near and well on either side of one. */
function numbersAround(text: string): readonly string[] {
  if (/^-?\d+$/.test(text)) {
    const number = BigInt(text);
    return [number, number + 1n, number - 1n, number + 2n, number - 2n, number / 2n, number * 2n].map(String);
  }
  const number = Number(text);
  return [number, number + 1, number - 1, number / 2, number * 2].map(String);
}

/** Longest text that is made because a check may ask for it. */
const longest = 1_000;

function textsAround(constants: readonly string[], n: number): readonly string[] {
  return [
    ...constants.filter((text) => !isNumber(text)),
    ...constants.map((text) => likePattern(text, n)),
    ...constants.flatMap((text) => matching(text, n) ?? []),
    ...constants.filter(isNumber).flatMap(numbersAround),
    ...usualTexts(n),
    ...lengthsAmong(constants).flatMap((length) => textsOfLength(length, n)),
  ];
}

function lengthsAmong(constants: readonly string[]): readonly number[] {
  return constants
    .map(Number)
    .filter((length) => Number.isInteger(length) && length > 0 && length <= longest);
}

/** As many bytes as a check of octet_length may ask for, in the hex format. */
function bytesOfLengths(constants: readonly string[], n: number): readonly string[] {
  const byte = n.toString(16).padStart(2, '0');
  return lengthsAmong(constants).map((length) => `\\x${byte.repeat(length)}`);
}

/** JSON of each kind, and objects whose keys are the constants. */
function documents(constants: readonly string[]): readonly string[] {
  const keys = constants.filter((text) => !isNumber(text));
  const withKeys = [1, 'a', {}, []].map((value) =>
    JSON.stringify(Object.fromEntries(keys.map((key) => [key, value]))),
  );
  return [...withKeys, '{}', '[]', '[1]', '1', '"a"', 'true'];
}

/** NULL as a value of a type. */
export function nullOf(type: ValueType): string {
  return `NULL::${typeSql(type)}`;
}
