import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CannotReview } from '../../src/model/problem.ts';
import type { ProductionStatistics } from '../../src/model/production.ts';
import type { Review } from '../../src/model/review.ts';
import { renderReport } from '../../src/report/formats.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer } from '../support/server.ts';
import { column, production, relation } from './production.ts';

const base = `
  CREATE TYPE state AS ENUM ('open', 'shipped');
  CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, state state NOT NULL, note text);
  CREATE INDEX orders_customer_idx ON orders (customer);
  CREATE TABLE audit (id bigint);
`;

const change = `
  ALTER TABLE orders RENAME COLUMN customer TO buyer;
  ALTER TABLE orders RENAME TO sales;
  ALTER TABLE sales ADD COLUMN customer text;
  CREATE TABLE visits (id bigint PRIMARY KEY);
`;

const states = (values: readonly string[]) =>
  column('state', 'public.state', { distinct: 2, mostCommon: { values, shares: [0.9, 0.1] } });

const known: ProductionStatistics = production({
  settings: { work_mem: '64MB', random_page_cost: '1.1', jit: 'on' },
  relations: [
    relation('orders', {
      rows: 40e6,
      pages: 500_000,
      columns: [
        column('id', 'bigint', { distinct: -1, correlation: 1, width: 8 }),
        column('customer', 'text', {
          distinct: 100_000,
          mostCommon: { values: ['acme'], shares: [0.25] },
        }),
        states(['shipped', 'lost']),
        column('gone', 'text'),
        column('note', 'integer', { histogram: { values: ['1', '2', '10'], count: 3 } }),
      ],
      indexes: [
        {
          name: 'orders_customer_idx',
          definition: 'CREATE INDEX orders_customer_idx ON public.orders USING btree (customer)',
          rows: 40e6,
          pages: 77_777,
          expressions: [],
          scans: null,
        },
      ],
    }),
    relation('forgotten', { rows: 5 }),
  ],
});

const queries = `
SELECT * FROM orders WHERE customer = 'acme';
SELECT * FROM sales WHERE buyer = 'acme';
`;

describe('a review with a statistics file', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(18);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reviewWith(config: string, statistics: string): Promise<Review> {
    using project = new TestProject({
      'migrations/1_base.sql': base,
      'migrations/2_change.sql': change,
      'queries.sql': queries,
      'production.json': statistics,
      '.github/pg-guardrails.yml': config,
    });
    const result = await reviewProject(server.sandbox, project.root, {
      migrations: 'migrations',
      comparison: { kind: 'named', files: ['migrations/2_change.sql'] },
      workload: ['queries.sql'],
    });
    if (result === null) throw new Error('nothing was reviewed');
    return result;
  }

  test('plans at the sizes of production, whatever the change renames', async () => {
    const review = await reviewWith('statistics: production.json', JSON.stringify(known));
    expect(review.statistics).toEqual({
      source: 'imported',
      imported: ['public.sales'],
      takenAt: '2026-06-01T00:00:00Z',
      declared: [],
      assumed: ['public.audit', 'public.visits'],
      assumedRows: 1e6,
    });
    const rowsRead = review.queries.map(({ base: before, head }) => [before?.rowsRead, head?.rowsRead]);
    expect(rowsRead).toEqual([
      [10e6, undefined],
      [undefined, 10e6],
    ]);
  });

  test('tells what of the file does not fit the schema, and how old it is', async () => {
    const { unchecked } = await reviewWith('statistics: production.json', JSON.stringify(known));
    const about = unchecked.filter(({ subject }) => subject.includes('statistics'));
    expect(about).toEqual([
      {
        subject: 'public.orders.gone in the statistics file',
        reason: 'the base schema has no such column',
      },
      {
        subject: 'public.orders.note in the statistics file',
        reason: 'its type is integer there, and text in the base schema',
      },
      { subject: 'public.forgotten in the statistics file', reason: 'the base schema has no such table' },
      {
        subject: 'the statistics file',
        reason: expect.stringMatching(/^it was made \d+ days ago: production may have changed since/),
      },
      {
        subject: 'statistics of public.sales.state',
        reason: expect.stringContaining('invalid input value for enum public.state: "lost"'),
      },
    ]);
  });

  test('plans with the settings of production, and prints those that are no defaults', async () => {
    const review = await reviewWith(
      'statistics: production.json\nplanner: { jit: off, work_mem: 1GB }',
      JSON.stringify(known),
    );
    expect(review.settings).toEqual([
      { name: 'jit', value: 'off', source: 'configuration', isDefault: false },
      { name: 'random_page_cost', value: '1.1', source: 'statistics file', isDefault: false },
      { name: 'work_mem', value: '1GB', source: 'configuration', isDefault: false },
    ]);
    expect(renderReport('markdown', review)).toContain(
      'planner settings: jit = off, random_page_cost = 1.1, work_mem = 1GB',
    );
    expect(renderReport('markdown', review)).toContain('as of 2026-06-01');
  });

  test('takes what the configuration declares of a table before the file', async () => {
    const review = await reviewWith(
      'statistics: production.json\ntables: { orders: { rows: 80M } }',
      JSON.stringify(known),
    );
    expect(review.statistics).toMatchObject({ source: 'declared', declared: ['public.sales'], imported: [] });
    // The shares are still those of the file.
    expect(review.queries[1]?.head?.rowsRead).toBe(20e6);
  });

  test('ends where the file is none', async () => {
    await expect(reviewWith('statistics: nowhere.json', '')).rejects.toThrow(CannotReview);
  });
});
