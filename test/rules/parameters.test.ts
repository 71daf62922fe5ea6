import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { runExample } from '../support/examples.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

const base = `
  CREATE TABLE customers (id bigint PRIMARY KEY, country text NOT NULL, kind text NOT NULL, note text);
  CREATE INDEX customers_country_idx ON customers (country);
`;
const config =
  'tables:\n  customers: { rows: 20M, columns: { country: { distinct: 180, common: { US: 62%, LU: 0.001% } } } }\n';
const query = '-- name: of_country\nSELECT id, note FROM customers WHERE country = $1;\n';

function reviewOf(change: string, queries = query): Promise<Review> {
  return runExample(server.sandbox, {
    base,
    config,
    change: { 'migrations/0002_change.sql': change },
    queries,
  });
}

function introduced({ insights }: Review): readonly string[] {
  return insights
    .filter(({ origin, rule }) => origin === 'introduced' && rule.startsWith('query/'))
    .map(({ rule }) => rule);
}

describe('a change is judged by the same values before and after', () => {
  test('what is as bad before is not introduced', async () => {
    const review = await reviewOf("COMMENT ON TABLE customers IS 'people';");
    expect(introduced(review)).toEqual([]);
    const [found] = review.queries;
    expect(found?.parameters).toBe('most common values');
    expect(found?.base?.cost).toBe(found?.head?.cost);
  });

  test('where the worst values get better, others are not taken for worse', async () => {
    // At base, reading all customers for one of LU is the worst; with the index, what returns many rows is.
    const of = (kind: string, country: string) =>
      `SELECT id, note FROM customers WHERE kind = '${kind}' AND country = '${country}';`;
    const review = await runExample(server.sandbox, {
      base: `${base} DROP INDEX customers_country_idx; CREATE INDEX customers_kind_idx ON customers (kind);`,
      config: config.replace('columns: {', 'columns: { kind: { common: { y: 60%, x: 1% } },'),
      change: {
        'migrations/0002_change.sql':
          'CREATE INDEX CONCURRENTLY customers_country_idx ON customers (country);',
      },
      queries: `${of('y', 'LU')}\n${of('x', 'US')}`,
    });
    expect(introduced(review)).toEqual([]);
    const [found] = review.queries;
    const [first, second] = found?.variants ?? [];
    expect(first?.base).toBeGreaterThan(second?.base ?? 0);
    expect(first?.head).toBeLessThan(second?.head ?? 0);
    expect(found).toMatchObject({ parameters: 'captured constants', base: { cost: second?.base } });
    expect(found?.checks).toContainEqual(
      expect.objectContaining({ rule: 'query/rows-returned', severity: 'high' }),
    );
    const sensitive = review.insights.find(({ rule }) => rule === 'query/parameter-sensitive-plan');
    expect(sensitive).toBeUndefined();
  });

  test('values that get worse are told of, though others are worse still', async () => {
    const review = await reviewOf('DROP INDEX CONCURRENTLY customers_country_idx;');
    expect(introduced(review)).toContain('query/lost-index');
    const regression = review.insights.find(({ rule }) => rule === 'query/lost-index');
    expect(Number(regression?.evidence.facts['before'])).toBeLessThan(2_000);
    expect(review.queries[0]?.parameters).toBe('most common values');
  });
});

test('the values are named, with what they cost', async () => {
  const review = await reviewOf("COMMENT ON TABLE customers IS 'people';");
  const found = review.insights.find(({ rule }) => rule === 'query/parameter-sensitive-plan');
  expect(found).toMatchObject({ origin: 'existing', confidence: 'planned at production size' });
  expect(found?.summary).toMatch(
    /^costs [\d,]+ with \$1: the most common public\.customers\.country, 'US', and [\d,]+ with \$1: a rare public\.customers\.country, 'LU'; the difference is `Seq Scan on public\.customers`, there `.*customers_country_idx on public\.customers`/,
  );
});
