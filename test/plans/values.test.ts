import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ColumnStatistics } from '../../src/model/statistics.ts';
import { commonValue, isSkewed, rareValue } from '../../src/plans/parameters/values.ts';

function column(parts: Partial<ColumnStatistics>, typeName = 'text') {
  const statistics: ColumnStatistics = {
    column: 'c',
    nullFraction: 0,
    width: 8,
    distinct: 0,
    mostCommon: [],
    histogram: [],
    redacted: false,
    correlation: null,
    ...parts,
  };
  return { typeName, statistics };
}

function common(shares: Readonly<Record<string, number>>): ColumnStatistics['mostCommon'] {
  return Object.entries(shares).map(([value, share]) => ({ value, share }));
}

describe('a rare value', () => {
  test.each([
    [
      'the least common one, where there are no others',
      { distinct: 2, mostCommon: common({ a: 0.9, b: 0.1 }) },
      'b',
    ],
    ['or where others are not rarer', { distinct: 6, mostCommon: common({ a: 0.9, b: 0.001 }) }, 'b'],
    [
      'one from the histogram',
      { distinct: 1000, mostCommon: common({ a: 0.9, b: 0.05 }), histogram: ['k', 'm', 'z'] },
      'm',
    ],
    ['one that is not listed', { mostCommon: common({ 0: 0.5, 1: 0.1 }) }, '2'],
  ])('%s', (_, statistics, value) => {
    expect(rareValue(column(statistics))).toEqual({ value, standsIn: value === '2' });
  });

  test('of a type whose values only it knows is one that is listed', () => {
    const { value } = rareValue(column({ mostCommon: common({ red: 0.5, green: 0.4 }) }, 'colour'));
    expect(value).toBe('green');
  });

  test('is never a common one', () => {
    const shares = fc.array(fc.double({ min: 0.001, max: 0.1, noNaN: true }), { minLength: 2, maxLength: 9 });
    fc.assert(
      fc.property(shares, fc.nat({ max: 100 }), (given, distinct) => {
        const mostCommon = given
          .toSorted((a, b) => b - a)
          .map((share, value) => ({ value: String(value), share }));
        const { value } = rareValue(column({ mostCommon, distinct }, 'int4'));
        const found = mostCommon.find((each) => each.value === value);
        expect(found?.share ?? 0).toBeLessThanOrEqual(mostCommon.at(-1)?.share ?? 0);
      }),
    );
  });
});

test('values of redacted statistics stand in for others', () => {
  const redacted = column({ mostCommon: common({ x1: 0.9, x2: 0.001 }), distinct: 2, redacted: true });
  expect(commonValue(redacted, 0)).toEqual({ value: 'x1', standsIn: true });
  expect(rareValue(redacted)).toEqual({ value: 'x2', standsIn: true });
});

test('values that are all about as common make no difference', () => {
  expect(isSkewed(column({ distinct: 2, mostCommon: common({ a: 0.5, b: 0.5 }) }))).toBe(false);
  expect(isSkewed(column({ distinct: -1, histogram: ['a', 'b'] }))).toBe(false);
  expect(isSkewed(column({ distinct: 2, mostCommon: common({ a: 0.9, b: 0.1 }) }))).toBe(true);
});
