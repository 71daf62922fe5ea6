import { describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import type { ReviewedQuery } from '../../src/model/reviewed-query.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { timeInWords, timeShareInWords } from '../../src/report/time.ts';
import { query } from '../support/plan.ts';
import { insight, reviewOf } from '../support/review.ts';

const production = { milliseconds: 140_000, share: 0.12, calls: 10_000, callsPerSecond: 3.21 };
const captured = { milliseconds: 300, meanMilliseconds: 10, share: 0.004 };

const markdown = (parts: Partial<Review>) =>
  renderMarkdown(reviewOf(parts), { permalink: () => null, closing: null });
const terminal = (parts: Partial<Review>) =>
  renderTerminal(reviewOf(parts), { width: 140, color: false }).replaceAll(/\s+/g, ' ');

describe('the time that a query takes', () => {
  test.each<[string, Partial<ReviewedQuery>, string]>([
    [
      'in production',
      { time: { production, captured } },
      '12% of the time of all queries in production: 3.2 calls a second, 14 ms each',
    ],
    [
      'in production, since when is not known',
      { time: { production: { ...production, callsPerSecond: null }, captured: null } },
      '12% of the time of all queries in production: 10,000 calls, 14 ms each',
    ],
    [
      'in the capture',
      { calls: 30, time: { production: null, captured } },
      '< 1% of the time of all queries in the capture: 30 calls, 10 ms each',
    ],
    ['nowhere', { time: { production: null, captured: null } }, ''],
  ])('%s', (_, parts, words) => {
    expect(timeInWords(query(parts))).toBe(words);
  });

  test('is no percent only where it is nothing', () => {
    expect([0, 0.001, 0.01, 0.996, 1].map(timeShareInWords)).toEqual(['0%', '< 1%', '1%', '100%', '100%']);
  });

  test('stands in the lists of queries, and with what is said of one', () => {
    const shown = query({ time: { production, captured: null } });
    // What only the capture tells is no share of production's time.
    const other = query({
      fingerprint: 'other',
      name: 'other',
      time: { production: null, captured: { milliseconds: 9, meanMilliseconds: 9, share: 0.7 } },
    });
    const about = insight({
      evidence: { facts: {}, scans: [], error: null, sql: 'x', queries: [shown.fingerprint] },
    });
    const parts = { queries: [shown, other], insights: [about] };
    expect(markdown(parts)).toContain('| Calls | Time in production | Cost before |');
    expect(markdown(parts)).toMatch(/\| 12% \| 10 \| 90,000 \|/);
    expect(markdown(parts)).toContain('⏱️ 12% of the time of all queries in production: 3.2 calls a second');
    expect(markdown(parts)).not.toContain('70%');
    expect(terminal(parts)).not.toContain('70%');
    expect(terminal(parts)).toContain('rows read time in production');
    expect(terminal(parts)).toMatch(/lines_of_order .* 12% /);
    expect(terminal(parts)).toContain(
      '12% of the time of all queries in production: 3.2 calls a second, 14 ms each',
    );
  });

  test('is no column where nothing is known', () => {
    expect(markdown({ queries: [query()] })).toContain('| Calls | Cost before |');
    expect(terminal({ queries: [query()] })).not.toContain('time in');
  });
});
