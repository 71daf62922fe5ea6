import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { equalParameters } from '../../src/sql/compared-parameters.ts';
import { parse } from '../../src/sql/grammar.ts';
import { withLiterals } from '../../src/sql/literals.ts';
import { parameterPlaces, replaceParameters, rowCountParameters } from '../../src/sql/parameters.ts';

/** Parts of a text that look like a parameter and are none. */
const noParameters = fc.constantFrom(
  "'$1'",
  "'it''s $2 é😀'",
  "e'\\'$1'",
  '$$ $1 $$',
  '$é$ $2 $é$',
  '"a$1"',
  '"é😀"',
  'a$1',
  '/* $1 /* $2 */ 😀 */ 1',
  '-- $1 é\n 1',
  '1',
);

/** A parameter's number, or what is none. */
const part = fc.oneof(fc.integer({ min: 1, max: 30 }), noParameters);

function textOf(parts: readonly (number | string)[], ofNumber: (number: number) => string): string {
  return `SELECT ${parts.map((each) => (typeof each === 'number' ? ofNumber(each) : each)).join(', ')}`;
}

describe('places of parameters', () => {
  test('only parameters are replaced, whatever stands around them', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        const sql = textOf(parts, (number) => `$${number}`);
        const instead = (number: number) => `($${number}::text)`;
        expect(replaceParameters(sql, instead)).toBe(textOf(parts, instead));
        expect(parse(replaceParameters(sql, instead)).kind).toBe('parsed');
        for (const { number, from, to } of parameterPlaces(sql)) {
          expect(sql.slice(from, to)).toBe(`$${number}`);
        }
      }),
    );
  });

  test('a literal says what it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (values) => {
        const written = values.map((value) => value.replaceAll('\0', ''));
        const sql = withLiterals(`SELECT ${written.map((_, index) => `$${index + 1}`).join(', ')}`, written);
        const parsed = parse(sql);
        const targets = parsed.kind === 'parsed' ? JSON.stringify(parsed.value) : '';
        for (const value of written) {
          if (value !== '') expect(targets).toContain(`"sval":${JSON.stringify(value)}`);
        }
      }),
    );
  });

  test.each([
    ['UPDATE t SET (a, b) = (SELECT $1, $2)', 'UPDATE t SET (a, b) = (SELECT #1, #2)'],
    ['SELECT $001 + $10', 'SELECT #1 + #10'],
    ['SELECT $1 FROM', 'SELECT $1 FROM'],
    ['SELECT (ARRAY[$1])[$2]', 'SELECT (ARRAY[#1])[#2]'],
  ])('%s', (sql, expected) => {
    expect(replaceParameters(sql, (number) => `#${number}`)).toBe(expected);
  });
});

test.each([
  ['SELECT 1 FROM t LIMIT $1 OFFSET $2::int', { 1: 'LIMIT', 2: 'OFFSET' }],
  ['SELECT 1 FROM t FETCH FIRST $1 ROWS ONLY', { 1: 'LIMIT' }],
  ['SELECT 1 FROM t LIMIT $1 * 2', {}],
  ['SELECT $1 FROM t LIMIT $1', {}],
  ['SELECT 1 FROM (SELECT 1 FROM t LIMIT $2) s WHERE a = $1', { 2: 'LIMIT' }],
])('row counts of %s', (sql, expected) => {
  expect(Object.fromEntries(rowCountParameters(sql))).toEqual(expected);
});

describe('comparisons that EXPLAIN prints', () => {
  const equal = { isList: false, place: 0, alias: 't', column: 'a' };
  test.each([
    ['(t.a = $1)', [{ ...equal, number: 1 }]],
    ['(((t.a)::text = ($1)::text) AND (t.b > $2))', [{ ...equal, number: 1 }]],
    ['(t.a = ANY ($2))', [{ ...equal, number: 2, isList: true }]],
    [
      '(t.a = ANY (ARRAY[$1, $2]))',
      [
        { ...equal, number: 1 },
        { ...equal, number: 2, place: 1 },
      ],
    ],
    ['((t.a = $1) AND (t.b = (InitPlan 1).col1) AND (NOT (hashed SubPlan 2)))', [{ ...equal, number: 1 }]],
    ['(t.a <> $1)', []],
    ['(t.a IS DISTINCT FROM $1)', []],
    ['(NULLIF(t.a, $1) = t.b)', []],
    ['(lower(t.a) = $1)', []],
    ['(t.a <> ALL ($1))', []],
    ['no expression (', []],
  ])('%s', (condition, expected) => {
    expect(equalParameters(condition)).toEqual(expected);
  });
});
