import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { runExample } from '../support/examples.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { shopSchema, shopSizes } from '../support/shop.ts';

const schema = `${shopSchema}
  CREATE TABLE refunds (payment_id numeric NOT NULL, user_id bigint, reason char(4) NOT NULL);
  CREATE INDEX refunds_reason_idx ON refunds (reason);
  CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);
`;
const config = `${shopSizes}  refunds: { rows: 1M, columns: { payment_id: { distinct: 900k }, user_id: { distinct: 400k } } }
rules: { query/limit-without-order: on, query/insert-without-columns: on }
`;

/** A query, and how severe a rule finds it. */
const cases: readonly (readonly [rule: string, severity: string, sql: string])[] = [
  [
    'aggregate-fan-out',
    'critical',
    `SELECT DISTINCT u.id FROM users u JOIN orders o ON o.user_id = u.id JOIN sessions s ON s.user_id = u.id WHERE u.tenant_id < 50`,
  ],
  [
    'aggregate-fan-out',
    'medium',
    `SELECT o.id, sum(p.amount), sum(i.quantity) FROM orders o JOIN payments p ON p.order_id = o.id
       JOIN order_items i ON i.order_id = o.id WHERE o.id = $1 GROUP BY o.id`,
  ],
  [
    'aggregate-fan-out',
    'healthy',
    `SELECT o.id, count(DISTINCT p.id), count(DISTINCT i.product_id) FROM orders o JOIN payments p ON p.order_id = o.id
       JOIN order_items i ON i.order_id = o.id WHERE o.id = $1 GROUP BY o.id`,
  ],
  [
    'aggregate-fan-out',
    'healthy',
    `SELECT t.id, sum(o.total), count(i.product_id) FROM tenants t JOIN users u ON u.tenant_id = t.id JOIN orders o ON o.user_id = u.id
       JOIN order_items i ON i.order_id = o.id GROUP BY t.id`,
  ],
  [
    'correlated-subquery',
    'critical',
    `SELECT u.id FROM users u WHERE (SELECT count(*) FROM orders o WHERE o.user_id = u.id) > 100`,
  ],
  ['correlated-subquery', 'healthy', `SELECT id FROM users WHERE tenant_id = (SELECT max(id) FROM tenants)`],
  ['cartesian-join', 'critical', `SELECT count(*) FROM users u JOIN products p ON true`],
  ['cartesian-join', 'critical', `SELECT count(*) FROM users, products WHERE active AND title = 'y'`],
  ['cartesian-join', 'high', `SELECT count(*) FROM tenants CROSS JOIN categories`],
  [
    'cartesian-join',
    'healthy',
    `SELECT u.id, v.x FROM users u, (VALUES (1), (2)) v (x) WHERE u.tenant_id = $1`,
  ],
  [
    'cartesian-join',
    'healthy',
    `SELECT u.id, p.id FROM users u, products p WHERE u.id = $1 AND EXISTS (SELECT FROM orders o WHERE o.user_id = u.id AND o.id = p.id)`,
  ],
  [
    'cte-rescanned',
    'high',
    `WITH o AS (SELECT * FROM orders) SELECT count(*) FROM o a JOIN o b ON a.id = b.user_id`,
  ],
  ['cte-rescanned', 'healthy', `WITH o AS MATERIALIZED (SELECT * FROM orders) SELECT count(*) FROM o`],
  ['implicit-cast', 'medium', `SELECT id FROM products WHERE id = 4711.0`],
  ['implicit-cast', 'high', `SELECT payment_id FROM refunds WHERE reason = $1::text`],
  ['implicit-cast', 'healthy', `SELECT payment_id FROM refunds WHERE payment_id = $1::int`],
  ['implicit-cast', 'healthy', `SELECT id FROM users WHERE email = $1::text`],
  ['implicit-cast', 'healthy', `SELECT id FROM users WHERE created_at::date = $1`],
  ['jsonb-without-gin', 'medium', `SELECT id FROM products WHERE attributes ? 'colour'`],
  ['jsonb-without-gin', 'healthy', `SELECT id FROM products WHERE attributes @? '$.colour'`],
  [
    'large-in-list',
    'low',
    `SELECT id FROM users WHERE id NOT IN (${Array.from({ length: 120 }, (_, i) => i).join(', ')}) AND email = $1`,
  ],
  [
    'large-in-list',
    'healthy',
    `SELECT id FROM users WHERE id = ANY ('{${Array.from({ length: 2000 }, (_, i) => i).join(',')}}')`,
  ],
  ['limit-without-order', 'low', `SELECT id FROM users WHERE tenant_id = $1 LIMIT 5`],
  ['limit-without-order', 'healthy', `SELECT id FROM users WHERE email = $1 LIMIT 1`],
  ['locks-unindexed-rows', 'critical', `SELECT o.id FROM orders o WHERE o.total > 1000000 FOR UPDATE`],
  ['locks-unindexed-rows', 'healthy', `SELECT id FROM categories WHERE name = $1 FOR UPDATE`],
  [
    'nested-loop-over-scan',
    'critical',
    `SELECT count(*) FROM products p JOIN categories c ON p.price > c.id AND p.title <> c.name`,
  ],
  [
    'nested-loop-over-scan',
    'healthy',
    `SELECT u.id, s.value FROM users u JOIN settings s ON s.value <> u.name WHERE u.tenant_id = $1`,
  ],
  ['not-in-subquery', 'low', `SELECT id FROM categories WHERE id NOT IN (SELECT parent_id FROM categories)`],
  [
    'not-in-subquery',
    'healthy',
    `SELECT id FROM categories WHERE id NOT IN (SELECT category_id FROM products WHERE category_id = 5)`,
  ],
  ['not-in-subquery', 'critical', `SELECT count(*) FROM users WHERE id NOT IN (SELECT user_id FROM orders)`],
  ['offset-pagination', 'low', `SELECT id FROM users ORDER BY id LIMIT $1 OFFSET $2`],
  [
    'offset-pagination',
    'healthy',
    `SELECT id FROM orders WHERE user_id = $1 ORDER BY created_at LIMIT 10 OFFSET $2`,
  ],
  ['offset-pagination', 'critical', `SELECT id, name FROM users ORDER BY id LIMIT 10 OFFSET 1000000`],
  [
    'or-across-tables',
    'critical',
    `SELECT count(*) FROM orders o JOIN users u ON u.id = o.user_id WHERE o.status = 'open' OR u.active`,
  ],
  [
    'or-across-tables',
    'critical',
    `SELECT u.id FROM users u JOIN refunds r ON r.user_id = u.id OR r.payment_id = u.id WHERE u.tenant_id = $1`,
  ],
  [
    'or-across-tables',
    'healthy',
    `SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE u.id = $1 AND (o.total > 5 OR u.active)`,
  ],
  ['order-by-random', 'high', `SELECT id FROM users ORDER BY random() LIMIT 1`],
  ['partitions-not-pruned', 'critical', `SELECT id FROM events WHERE date_trunc('month', at) = '2026-03-01'`],
  ['partitions-not-pruned', 'healthy', `SELECT count(*) FROM events`],
  [
    'partitions-not-pruned',
    'healthy',
    `SELECT e.id FROM events e JOIN orders o ON e.at = o.created_at AND e.user_id = o.user_id WHERE o.id = $1`,
  ],
  ['unbounded-result', 'high', `SELECT u.id, t.name FROM users u JOIN tenants t ON t.id = u.tenant_id`],
  ['unbounded-result', 'healthy', `SELECT id, name FROM tenants`],
  ['unbounded-result', 'healthy', `SELECT plan, count(*) FROM tenants GROUP BY plan`],
  [
    'unused-join',
    'healthy',
    `SELECT t.id, count(*) FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id GROUP BY t.id`,
  ],
  [
    'unused-join',
    'medium',
    `SELECT DISTINCT t.id FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id WHERE t.plan = 'free'`,
  ],
  [
    'unused-join',
    'healthy',
    `SELECT t.id FROM tenants t LEFT JOIN users u ON u.tenant_id = t.id WHERE u.id IS NULL`,
  ],
  [
    'distinct-after-join',
    'high',
    `SELECT DISTINCT t.id, t.name FROM tenants t JOIN users u ON u.tenant_id = t.id`,
  ],
  [
    'distinct-after-join',
    'healthy',
    `SELECT DISTINCT u.tenant_id FROM users u JOIN tenants t ON t.id = u.tenant_id WHERE t.plan = 'free'`,
  ],
  ['write-scans-table', 'critical', `DELETE FROM orders WHERE total < 0`],
  ['write-scans-table', 'critical', `DELETE FROM events WHERE kind = 'noise'`],
  [
    'write-scans-table',
    'critical',
    `UPDATE orders o SET status = 'kept' FROM tenants t WHERE t.name = o.status AND t.plan = 'none' AND o.total = 1`,
  ],
  [
    'write-scans-table',
    'healthy',
    `UPDATE orders SET total = 0 WHERE total >= 0 OR total < 0 OR total IS NULL`,
  ],
  ['write-without-where', 'critical', `DELETE FROM orders`],
  ['write-without-where', 'low', `UPDATE settings SET value = ''`],
  [
    'wrong-index-for-limit',
    'medium',
    `SELECT id FROM orders WHERE total = 4711 ORDER BY created_at LIMIT 500`,
  ],
  [
    'wrong-index-for-limit',
    'healthy',
    `SELECT id FROM orders WHERE status = 'done' ORDER BY created_at LIMIT 20`,
  ],
  ['equals-null', 'medium', `SELECT id FROM users WHERE id = $1 AND last_seen_at <> NULL`],
  ['insert-without-columns', 'low', `INSERT INTO product_tags VALUES ($1, $2)`],
  ['insert-without-columns', 'healthy', `INSERT INTO settings (key, value) SELECT * FROM settings`],
];

describe.each(testedVersions)('variants of what rules look for, on PostgreSQL %i', (major) => {
  let server: TestServer;
  let review: Review;
  beforeAll(async () => {
    server = await TestServer.start(major);
    const queries = cases.map(([, , sql], index) => `-- name: q${index}\n${sql};\n`).join('\n');
    review = await runExample(server.sandbox, { base: schema, config, change: {}, queries });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([
    [[0, 20, 40], 'healthy'],
    [[150_000, 0], 'high'],
  ])('pages at the captured offsets %j are %s', async (offsets, severity) => {
    const lines = offsets.map((offset) =>
      JSON.stringify({ sql: 'SELECT id FROM users ORDER BY id LIMIT $1 OFFSET $2', params: [20, offset] }),
    );
    using project = new TestProject({
      'migrations/0001_base.sql': shopSchema,
      '.github/pg-guardrails.yml': shopSizes,
      'workload.ndjson': `${lines.join('\n')}\n`,
    });
    const paged = await reviewProject(server.sandbox, project.root, {
      workload: ['workload.ndjson'],
      comparison: { kind: 'named', files: [] },
    });
    const found = paged?.insights.find(({ rule }) => rule === 'query/offset-pagination');
    expect(found?.severity ?? 'healthy').toBe(severity);
  });

  test('all of them are planned', () => expect(review.unchecked).toEqual([]));

  test.each(cases.map((each, index) => [...each, index] as const))(
    '%s is %s: %s',
    (rule, severity, _, index) => {
      const found = review.insights.find(
        (insight) => insight.rule === `query/${rule}` && insight.subject.name === `q${index}`,
      );
      expect(found?.severity ?? 'healthy').toBe(severity);
    },
  );
});
