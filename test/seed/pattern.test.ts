import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { likePattern, matching } from '../../src/seed/values/pattern.ts';

/** Patterns that both PostgreSQL and JavaScript read alike, short enough to be matched at once. */
const atom = fc.constantFrom(
  'a',
  'Z',
  '7',
  '-',
  '@',
  '\\.',
  '\\d',
  '\\w',
  '\\s',
  '.',
  '[a-z]',
  '[A-F0-9_]',
  '[^/]',
  '[.+-]',
);
const quantifier = fc.constantFrom('', '', '*', '+', '?', '{3}', '{2,4}', '{1,}');
const sequence = fc
  .array(fc.tuple(atom, quantifier), { minLength: 1, maxLength: 3 })
  .map((pieces) => pieces.flat().join(''));
const alternatives = fc.array(sequence, { minLength: 1, maxLength: 3 }).map((each) => each.join('|'));
const pattern = fc
  .tuple(sequence, alternatives, fc.constantFrom('', '?', '{2}'), sequence)
  .map(([before, inside, times, after]) => `${before}(${inside})${times}${after}`);

describe('texts for patterns', () => {
  test('match', () => {
    fc.assert(
      fc.property(pattern, fc.integer({ min: 1, max: 40 }), (each, n) => {
        expect(matching(`^(${each})$`, n)).toMatch(new RegExp(`^(${each})$`));
      }),
    );
  });

  test('are never made from what is no pattern with an error', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 40 }), (each, n) => {
        const text = matching(each, n);
        expect(text === null || typeof text === 'string').toBe(true);
      }),
    );
  });

  test.each([
    ['^[[:upper:]]{2}[[:digit:]]+$', 3, /^[A-Z]{2}\d+$/],
    ['(?=x)', 1, null],
    ['[a', 1, null],
  ])('%s', (each, n, expected) => {
    const text = matching(each, n);
    if (expected === null) expect(text).toBeNull();
    else expect(text).toMatch(expected);
  });

  test('of LIKE keep what is no wildcard', () => {
    expect(likePattern('a\\_b_%@x', 12)).toBe('a_b22@x');
  });
});
