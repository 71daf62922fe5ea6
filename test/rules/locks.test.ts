import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const base = `
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, note text);
  CREATE TABLE refunds (id bigint PRIMARY KEY, customer_id bigint NOT NULL);
  CREATE TABLE customers (id bigint PRIMARY KEY);
  CREATE TABLE events (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX events_id ON events (id);
`;

describe.each(testedVersions)('hazards of locks on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function review(change: string, queries: string | null = null, config = '') {
    using project = new TestProject({
      'migrations/0001_base.sql': base,
      'migrations/0002_change.sql': change,
      '.github/pg-guardrails.yml': `tables: { orders: { rows: 2M }, events: { rows: 20M } }\n${config}`,
      ...(queries === null ? {} : { 'queries.ndjson': queries }),
    });
    const found = await reviewProject(server.sandbox, project.root, {
      comparison: { kind: 'named', files: ['0002_change.sql'] },
      workload: queries === null ? [] : ['queries.ndjson'],
    });
    return found?.insights ?? [];
  }

  async function of(rule: string, ...[change, queries, config]: Parameters<typeof review>) {
    const insights = await review(change, queries, config);
    return insights
      .filter((each) => each.rule === rule)
      .map(({ severity, location }) => [severity, location?.line]);
  }

  const onOrders = JSON.stringify({
    sql: 'UPDATE orders SET note = $1 WHERE id = $2',
    params: ['', 1],
    calls: 6_000,
  });
  const elsewhere = JSON.stringify({ sql: 'SELECT id FROM customers WHERE id = 1', calls: 6_000 });

  test.each([
    ['without a workload', null, '', 'high'],
    ['that nothing captured waits for', elsewhere, '', 'medium'],
    ['that queries wait for', onOrders, '', 'high'],
    ['that takes the whole pool', onOrders, 'pool: 20\ncapture: { duration: 60s }', 'critical'],
  ])('an index build %s', async (_, queries, config, severity) => {
    const found = await of(
      'migration/blocking-index-build',
      'CREATE INDEX ON orders (note)',
      queries,
      config,
    );
    expect(found).toEqual([[severity, 1]]);
  });

  test('an index of a partitioned table is dropped once', async () => {
    expect(await of('migration/blocking-index-drop', 'DROP INDEX events_id')).toEqual([['medium', 1]]);
  });

  test.each([
    [
      'two checks of one table go through it twice',
      'ALTER TABLE orders ADD CHECK (id > 0);\nALTER TABLE orders ADD CHECK (customer_id > 0);',
      [['medium', 2]],
    ],
    [
      'foreign keys of two tables cannot be merged',
      'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;\nALTER TABLE refunds ADD FOREIGN KEY (customer_id) REFERENCES customers;',
      [],
    ],
  ])('%s', async (_, change, told) => expect(await of('migration/repeated-locks', change)).toEqual(told));

  test.each([
    ['nothing ends', 'BEGIN;\nALTER TABLE orders ADD c int;', [['medium', 1]]],
    ['is not ended because it fails', 'BEGIN;\nALTER TABLE orders ADD id int;\nCOMMIT;', []],
  ])('a transaction that %s', async (_, change, told) =>
    expect(await of('migration/unbalanced-transaction', change)).toEqual(told),
  );
});
