import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { renderMarkdown } from '../../src/report/markdown/review.ts';
import { renderTerminal } from '../../src/report/terminal/review.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const base = `
  CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, note text);
  CREATE INDEX orders_customer ON orders (customer_id);
  INSERT INTO customers SELECT g, 'c' FROM generate_series(1, 5) g;
  INSERT INTO orders SELECT g, 1, 'n' FROM generate_series(1, 5) g;`;

const lines = [
  { sql: 'SELECT note FROM orders WHERE id = $1', route: 'GET /orders/:id', calls: 5400 },
  { sql: 'SELECT name FROM customers WHERE id = $1', route: 'GET /customers/:id', calls: 5400 },
];

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reviewed(change: string, rows: string, config = ''): Promise<Review> {
    using project = new TestProject({
      '.github/pg-guardrails.yml': `tables: { orders: { rows: ${rows}, width: 100 } }\nworkload: [w.ndjson]\n${config}`,
      'migrations/1_base.sql': base,
      'migrations/2_change.sql': change,
      'w.ndjson': lines.map((line) => JSON.stringify(line)).join('\n'),
    });
    const comparison = { kind: 'named', files: ['migrations/2_change.sql'] } as const;
    const review = await reviewProject(server.sandbox, project.root, { comparison });
    if (review === null) throw new Error('nothing was reviewed');
    return review;
  }

  const rewrite = 'ALTER TABLE orders ALTER COLUMN customer_id TYPE bigint;';

  test('a rewrite takes milliseconds on 20 rows and minutes on 50 million', async () => {
    const few = await reviewed(rewrite, '20');
    expect(few.deploy.seconds[1]).toBeLessThan(0.1);
    const many = await reviewed(rewrite, '50M');
    const estimate = many.migrations[0]?.statements[0]?.estimate;
    expect(estimate?.work.map(({ kind, relation }) => [kind, relation])).toEqual([
      ['rewrite', 'public.orders'],
      ['index build', 'public.orders'],
      ['index build', 'public.orders'],
    ]);
    // 6.5 GB read and written at 200 MB a second, and twice 50 million rows at two million, at the least.
    expect(estimate?.seconds[0]).toBeGreaterThan(80);
    expect(estimate?.seconds[0]).toBeLessThan(160);
    expect(estimate?.seconds[1]).toBeGreaterThan(500);
    expect(estimate?.seconds[1]).toBeLessThan(1000);
  });

  test('only the queries on the table wait, and exhaust the pool', async () => {
    const review = await reviewed(rewrite, '50M', 'pool: 50\ncapture: { duration: 1m }');
    const [lock] = review.deploy.locks;
    expect(lock).toMatchObject({ relation: 'public.orders', mode: 'AccessExclusiveLock' });
    expect(lock?.waiting).toEqual([expect.objectContaining({ name: 'GET /orders/:id', callsPerSecond: 90 })]);
    expect(lock?.poolExhaustedAfter).toBeCloseTo(50 / 90, 2);
    const told =
      /ACCESS EXCLUSIVE for .* min; 1 query waits: GET \/orders\/:id; [\d,]+ to [\d,]+ requests queue at 90 a second, and a pool of 50 is exhausted after 0.56 s/;
    expect(renderTerminal(review, { width: 400, color: false }).replaceAll(/\s+/g, ' ')).toMatch(told);
    const markdown = renderMarkdown(review, { permalink: () => null, closing: null });
    expect(markdown).toContain('What the deploy locks: 1 table');
    expect(markdown).toContain('a pool of 50 is exhausted after 0.56 s');
  });

  test('a concurrent build locks nothing out; throughput is what the configuration states', async () => {
    const build = 'CREATE INDEX CONCURRENTLY orders_note ON orders (note);';
    const usual = await reviewed(build, '50M');
    expect(usual.deploy.locks).toEqual([]);
    expect(usual.deploy.seconds[1]).toBeGreaterThan(100);
    const fast = await reviewed(build, '50M', "throughput: { read: '10GB/s', index-rows: 100M/s..200M/s }");
    expect(fast.deploy.seconds[1]).toBeLessThan(5);
    expect(fast.deploy.throughput.read).toEqual([10 * 1024 ** 3, 10 * 1024 ** 3]);
  });

  test('of rows that a statement picks, the planner is asked how many there are', async () => {
    const pick = "UPDATE orders SET note = 'x' WHERE id = 3;";
    const one = await reviewed(pick, '50M');
    expect(one.migrations[0]?.statements[0]?.estimate?.work).toEqual([
      expect.objectContaining({ kind: 'rows changed', rows: 1 }),
    ]);
    // Whoever hides it from the planner is told a range: one row, or the same part of the table.
    const hidden = await reviewed(`DO $$ BEGIN ${pick} END $$;`, '50M');
    expect(hidden.migrations[0]?.statements[0]?.estimate?.work).toEqual([
      expect.objectContaining({ kind: 'rows changed', rows: 10_000_000 }),
    ]);
  });

  test('what runs while a lock is held counts as well', async () => {
    const backfill = "ALTER TABLE customers ADD COLUMN a int; UPDATE orders SET note = 'x';";
    const review = await reviewed(backfill, '50M');
    const customers = review.deploy.locks.find(({ relation }) => relation === 'public.customers');
    expect(customers?.waiting.map(({ name }) => name)).toEqual(['GET /customers/:id']);
    expect(customers?.queued).toBeNull();
    expect(customers?.seconds[0]).toBeGreaterThan(60);
  });
});
