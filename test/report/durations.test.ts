import { describe, expect, test } from '@jest/globals';
import { formatRange, formatSeconds } from '../../src/report/durations.ts';
import { fill } from '../../src/report/wording.ts';

describe('durations', () => {
  test.each([
    [0.004, '4 ms'],
    [0.4, '0.4 s'],
    [1, '1 s'],
    [43.2, '43 s'],
    [180, '3 min'],
    [5_400, '90 min'],
    [9_000, '2.5 h'],
    [260_000, '3 days'],
  ])('%d s is %s', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  test.each<[number, number, string]>([
    [0.001, 0.05, 'milliseconds'],
    [40, 180, '40 s to 3 min'],
    [40, 90, '40 to 90 s'],
    [60.2, 60.4, '60 s'],
  ])('%d to %d s is %s', (low, high, text) => expect(formatRange([low, high])).toBe(text));

  test('stand in sentences', () => {
    const facts = { low: 40, high: 180 };
    expect(fill('waits for {low..high:seconds}, {high:seconds} at most', facts)).toBe(
      'waits for 40 s to 3 min, 3 min at most',
    );
    expect(() => fill('{low..most:seconds}', facts)).toThrow('no number "most"');
  });
});
