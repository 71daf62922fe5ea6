import { describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { assumptions, lockSentence } from '../../src/report/locks.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { lockedFor, reviewOf } from '../support/review.ts';

const asks = (name: string, callsPerSecond: number | null) => ({ fingerprint: name, name, callsPerSecond });
const busy = [asks('GET /orders', 60), asks('POST /orders', 50), asks('GET /orders', 10)];

function told(deploy: Review['deploy']): string {
  const [lock] = deploy.locks;
  return lock === undefined ? '' : lockSentence(lock, deploy);
}

describe('a lock', () => {
  test.each<[string, Review['deploy'], string]>([
    [
      'that nobody is known to wait for',
      lockedFor([0.001, 0.05]),
      '`public.orders`: ACCESS EXCLUSIVE for milliseconds; no captured query waits',
    ],
    [
      'where calls a second are not known',
      lockedFor([40, 180], { mode: 'ShareLock', waiting: [asks('POST /orders', null)] }),
      '`public.orders`: SHARE for 40 s to 3 min; 1 query waits: `POST /orders`',
    ],
    [
      'that exhausts the pool',
      lockedFor([40, 180], { waiting: busy, queued: [4800, 21_600], poolExhaustedAfter: 0.42 }, { pool: 50 }),
      '`public.orders`: ACCESS EXCLUSIVE for 40 s to 3 min; 3 queries wait: `GET /orders`, `POST /orders`; 4,800 to 21,600 requests queue at 120 a second, and a pool of 50 is exhausted after 0.42 s',
    ],
    [
      'where the pool is not stated',
      lockedFor([40, 180], { waiting: busy, queued: [4800, 21_600] }),
      '`public.orders`: ACCESS EXCLUSIVE for 40 s to 3 min; 3 queries wait: `GET /orders`, `POST /orders`; 4,800 to 21,600 requests queue at 120 a second',
    ],
    [
      'that few ask for',
      lockedFor([40, 180], { waiting: [asks('a', 0.1)], queued: [4, 18] }),
      '`public.orders`: ACCESS EXCLUSIVE for 40 s to 3 min; 1 query waits: `a`; 4 to 18 requests queue at 6 a minute',
    ],
    [
      'on an index, that many kinds of queries wait for',
      lockedFor([2, 2], {
        index: 'public.orders_day',
        waiting: ['a', 'b', 'c', 'd', 'e`'].map((name) => asks(name, null)),
      }),
      '`public.orders`: ACCESS EXCLUSIVE on the index `public.orders_day` for 2 s; 5 queries wait: `a`, `b`, `c` +2',
    ],
  ])('%s', (_, deploy, expected) => expect(told(deploy)).toBe(expected));

  test('of milliseconds is not worth a line in the terminal, and is in the comment', () => {
    const short = reviewOf({ deploy: lockedFor([0.001, 0.05]) });
    expect(renderTerminal(short, { width: 100, color: false })).not.toContain('What the deploy locks');
    expect(renderMarkdown(short, { permalink: () => null, closing: null })).toContain(
      'What the deploy locks: 1 table, public&#46;orders for milliseconds'.replace('&#46;', '.'),
    );
  });

  test('stands with what it was reckoned from', () => {
    const MB = 1024 ** 2;
    const throughput = {
      read: [100 * MB, 800 * MB],
      write: [50 * MB, 50 * MB],
      indexRows: [300_000, 2_000_000],
      changedRows: [30_000, 400_000],
    } as const;
    const text = assumptions(lockedFor([1, 2], {}, { throughput }));
    expect(text).toContain('reads 100 MB to 800 MB a second and writes 50 MB;');
    expect(text).toContain('300,000 to 2,000,000 rows a second enter an index');
    expect(text).toContain('`throughput`');
  });
});
