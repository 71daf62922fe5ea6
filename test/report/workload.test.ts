import { describe, expect, test } from '@jest/globals';
import { type EarlierWorkload, type Query, unseen } from '../../src/model/query.ts';
import { type Review, reviewSchema } from '../../src/model/review.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { workloadReview } from '../../src/report/workload.ts';
import { query as planned } from '../support/plan.ts';
import { reviewOf } from '../support/review.ts';

function query(name: string, parts: Partial<Query> = {}): Query {
  return {
    fingerprint: name,
    sql: `SELECT '${name}'`,
    name,
    calls: 3,
    parameterCount: 0,
    samples: [],
    texts: [],
    ...unseen,
    origins: [{ service: 'shop', route: null, file: 'src/a.ts', line: 7, test: null }],
    originsLeftOut: 0,
    ...parts,
  };
}

const head = [query('kept'), query('new'), query('rewritten')];
const earlier: EarlierWorkload = {
  gone: [query('old'), query('before it')],
  replaced: new Map([['rewritten', query('before it')]]),
  added: new Set(['new', 'rewritten']),
  queries: [query('kept'), query('old'), query('before it')],
  traces: [],
};

const markdown = (parts: Partial<Review>) =>
  renderMarkdown(reviewOf(parts), { permalink: () => null, closing: null });
const terminal = (parts: Partial<Review>) =>
  renderTerminal(reviewOf(parts), { width: 120, color: false }).replaceAll(/\s+/g, ' ');

describe('what the change makes of the workload', () => {
  test('tells a query that took the place of another from one that is added and one that is gone', () => {
    const workload = workloadReview(head, earlier);
    expect(workload).toMatchObject({
      unchanged: 1,
      added: [{ name: 'new', calls: 3, origin: { service: 'shop', line: 7 } }],
      gone: [{ name: 'old' }],
      changed: [{ before: { name: 'before it' }, after: { name: 'rewritten' } }],
    });
    expect(() => reviewSchema.parse(reviewOf({ workload }))).not.toThrow();
  });

  test('is not known without the workload of the base', () => {
    expect(workloadReview(head, { ...earlier, traces: null })).toBeNull();
    expect(markdown({ workload: null })).not.toContain('workload of the base');
    expect(terminal({ workload: null })).not.toContain('workload of the base');
  });

  test('is a folded table in a comment, with costs where there are some', () => {
    const text = markdown({
      workload: workloadReview(head, earlier),
      queries: [planned({ fingerprint: 'rewritten' })],
    });
    expect(text).toContain(
      '<summary>🔀 Against the workload of the base: 1 query added, 1 gone, 1 changed</summary>',
    );
    expect(text).toContain(
      '| changed | <code>rewritten</code> | <code>src/a.ts:7</code> shop | 3 | 10 | 90,000 |',
    );
    expect(text).toContain('| added | <code>new</code> | <code>src/a.ts:7</code> shop | 3 | – | – |');
    expect(text).toContain('| gone | <code>old</code> | <code>src/a.ts:7</code> shop | 3 | – | – |');
  });

  test('is a line for each in a terminal', () => {
    expect(terminal({ workload: workloadReview(head, earlier) })).toContain(
      'Against the workload of the base: 1 query added, 1 gone, 1 changed changed: rewritten added: new gone: old',
    );
  });

  test('has names of others as they are, and no more than fit', () => {
    const name = '</code>`<b>|@all\u001b[2J';
    const gone = Array.from({ length: 60 }, (_, index) => query(name, { fingerprint: `${index}` }));
    const workload = workloadReview([], { ...earlier, gone });
    expect(markdown({ workload })).not.toMatch(/<b>\||@all|\u001b|<\/code>`/);
    expect(markdown({ workload })).toContain('and 20 more in the full report');
    expect(terminal({ workload })).not.toContain('\u001b');
    expect(terminal({ workload })).toContain('and 54 more gone');
  });
});
