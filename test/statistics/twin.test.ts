import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../src/config/config.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import type { Session } from '../../src/model/server.ts';
import { describeNode } from '../../src/plans/compare.ts';
import { planAll } from '../../src/plans/explain.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const schema = `
  CREATE TYPE channel AS ENUM ('web', 'shop', 'phone');
  CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    country char(2) NOT NULL,
    channel channel NOT NULL
  );
  CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    status varchar(20) NOT NULL,
    coupon text,
    created_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX orders_customer_id_idx ON orders (customer_id);
  CREATE INDEX orders_open_idx ON orders (created_at) WHERE status = 'open';
  CREATE INDEX orders_status_idx ON orders (status);
  CREATE TABLE items (
    order_id bigint NOT NULL REFERENCES orders,
    position int NOT NULL,
    product_id int NOT NULL,
    PRIMARY KEY (order_id, position)
  );
`;

const rows = `
  INSERT INTO customers (email, country, channel)
    SELECT 'customer' || i || '@example.org', CASE WHEN i % 10 < 8 THEN 'DE' ELSE chr(65 + i % 26) || 'X' END,
      (ARRAY['web', 'shop', 'phone']::channel[])[1 + i % 3]
    FROM generate_series(1, 50000) AS i;
  INSERT INTO orders (customer_id, status, coupon, created_at)
    SELECT 1 + (i * 7919) % 50000,
      CASE WHEN i % 100 = 0 THEN 'open' WHEN i % 50 = 1 THEN 'paid' ELSE 'shipped' END,
      CASE WHEN i % 20 = 0 THEN 'C' || i % 500 END,
      timestamptz '2026-01-01' + i * interval '20 seconds'
    FROM generate_series(1, 1000000::bigint) AS i;
  INSERT INTO items SELECT i, 1, (i * 31) % 5000 FROM generate_series(1, 1000000) AS i;
  VACUUM;
  ANALYZE;
`;

const queries = [
  'SELECT * FROM orders WHERE id = 4711',
  'SELECT * FROM orders WHERE customer_id = 4711',
  "SELECT * FROM customers WHERE email = 'customer1@example.org'",
  "SELECT count(*) FROM orders WHERE status = 'shipped'",
  "SELECT * FROM orders WHERE status = 'paid'",
  "SELECT * FROM orders WHERE status = 'open' ORDER BY created_at LIMIT 10",
  'SELECT * FROM orders ORDER BY id DESC LIMIT 10',
  'SELECT * FROM orders WHERE coupon IS NOT NULL',
  "SELECT * FROM customers WHERE country = 'DE'",
  "SELECT count(*) FROM customers WHERE channel = 'phone'",
  'SELECT c.email, o.status FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 12',
  "SELECT c.country, count(*) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'open' GROUP BY 1",
  'SELECT o.id, i.product_id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = 99',
  'SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)',
  'SELECT product_id, count(*) FROM items GROUP BY product_id ORDER BY 2 DESC LIMIT 5',
  'SELECT count(*) FROM orders o JOIN items i ON i.order_id = o.id',
  "UPDATE orders SET status = 'paid' WHERE id = 5",
  'DELETE FROM items WHERE order_id = 77',
];

/** What somebody would declare who looks at pg_stats of the real database. */
async function declarationOf(session: Session): Promise<Declared> {
  const stats = await session.query(`
    SELECT s.tablename, c.reltuples::float8 AS rows, s.attname, s.null_frac, s.avg_width, s.correlation,
      CASE WHEN s.n_distinct < 0 THEN -s.n_distinct * c.reltuples ELSE s.n_distinct END AS distinct,
      s.most_common_vals::text::text[] AS values, s.most_common_freqs AS shares
    FROM pg_stats s JOIN pg_class c ON c.relname = s.tablename WHERE s.schemaname = 'public'`);
  const byTable = Map.groupBy(stats, (row) => String(row['tablename']));
  return Object.fromEntries(
    [...byTable].map(([table, columns]) => [
      table,
      {
        rows: Number(columns[0]?.['rows']),
        width: columns.reduce(
          (sum, row) => sum + Number(row['avg_width']) * (1 - Number(row['null_frac'])),
          0,
        ),
        columns: Object.fromEntries(
          columns.map((row) => {
            const values: unknown = row['values'];
            const shares: unknown = row['shares'];
            const common =
              Array.isArray(values) && Array.isArray(shares) && values.length <= 30
                ? Object.fromEntries(values.map((value, index) => [String(value), Number(shares[index])]))
                : {};
            return [
              String(row['attname']),
              {
                distinct: Math.round(Number(row['distinct'])),
                nulls: Number(row['null_frac']),
                width: Number(row['avg_width']),
                correlation: row['correlation'] === null ? null : Number(row['correlation']),
                common,
              },
            ];
          }),
        ),
      },
    ]),
  );
}

function shapeOf(node: PlanNode): string {
  const children = node.children.map(shapeOf);
  return children.length === 0 ? describeNode(node) : `${describeNode(node)}(${children.join(', ')})`;
}

async function shapes(session: Session) {
  const plannings = await planAll(
    session,
    queries.map((sql) => ({ sql, parameterCount: 0, params: null })),
  );
  return plannings.map((planning, index) => ({
    sql: queries[index],
    shape: planning.kind === 'planned' ? shapeOf(planning.plan) : planning,
  }));
}

async function pagesOf(session: Session) {
  const relations = await session.query(
    `SELECT relname AS name, pg_relation_size(oid)::float8 / 8192 AS pages FROM pg_class
     WHERE oid >= 16384 AND relkind IN ('r', 'i') AND relnamespace = 'public'::regnamespace ORDER BY relname`,
  );
  return relations.map((row) => ({ name: String(row['name']), pages: Number(row['pages']) }));
}

describe.each(testedVersions)('on PostgreSQL %i, the twin of a really loaded database', (major) => {
  let server: TestServer;
  let real: Session;
  let twin: Session;

  beforeAll(async () => {
    server = await TestServer.start(major);
    real = await server.session(schema, 'superuser');
    for (const statement of rows.split(';')) await real.script(statement);
    const declared = await declarationOf(real);
    twin = await server.session(schema, 'superuser');
    const catalogue = await readCatalogue(twin);
    const unchecked = await growTwin(
      server.sandbox,
      { superuser: twin, owner: twin },
      catalogue,
      productionSizes(catalogue, declared, 1e6),
    );
    expect(unchecked).toEqual([]);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('has plans of the same shape', async () => {
    expect(await shapes(twin)).toEqual(await shapes(real));
  });

  test('has heaps and indexes of about the size of freshly built ones', async () => {
    await real.script('REINDEX TABLE customers; REINDEX TABLE orders; REINDEX TABLE items');
    const actual = await pagesOf(real);
    for (const [index, { name, pages }] of (await pagesOf(twin)).entries()) {
      const ratio = pages / (actual[index]?.pages ?? 0);
      expect({ name, near: ratio > 0.8 && ratio < 1.25, ratio }).toEqual({ name, near: true, ratio });
    }
  });

  test('takes no space on disk', async () => {
    const [size] = await twin.query('SELECT pg_database_size(current_database())::float8 AS bytes');
    await twin.script(`CREATE TEMPORARY TABLE used (kilobytes int);
      DO $$ BEGIN EXECUTE format('COPY used FROM PROGRAM %L', 'du -sk base/' ||
        (SELECT oid FROM pg_database WHERE datname = current_database()) || ' | cut -f1'); END $$`);
    const [used] = await twin.query('SELECT kilobytes FROM used');
    expect(Number(size?.['bytes'])).toBeGreaterThan(150e6);
    expect(Number(used?.['kilobytes'])).toBeLessThan(20_000);
  });
});

describe('a twin', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(18);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('of tables beyond a segment of 1 GiB, partitioned or not', async () => {
    await using session = await server.session(
      `CREATE TABLE huge (id bigint PRIMARY KEY, body text);
       CREATE TABLE part (id bigint, day date) PARTITION BY RANGE (day);
       CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
       CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');`,
      'superuser',
    );
    const catalogue = await readCatalogue(session);
    const none = { width: null, columns: {} };
    const sizes = productionSizes(
      catalogue,
      { huge: { rows: 500e6, ...none }, part: { rows: 10e6, ...none } },
      1e6,
    );
    await growTwin(server.sandbox, { superuser: session, owner: session }, catalogue, sizes);
    const estimates = await Promise.all(
      [
        'SELECT * FROM huge',
        'SELECT * FROM part',
        // Only one of the two partitions can hold it, and each has half of the rows.
        "SELECT * FROM part WHERE day < '2026-07-01' AND day >= '2026-01-01'",
      ].map(async (sql) => {
        const [planning] = await planAll(session, [{ sql, parameterCount: 0, params: null }]);
        return planning?.kind === 'planned' ? planning.plan.rows : planning;
      }),
    );
    expect(estimates).toEqual([500e6, 10e6, 25_000]);
  });

  test('forgets what a migration has told the planner', async () => {
    await using session = await server.session(
      `CREATE TABLE t (a int); INSERT INTO t SELECT 1 FROM generate_series(1, 100); ANALYZE t;
       CREATE STATISTICS s ON a, (a + 1) FROM t; ANALYZE t;`,
      'superuser',
    );
    const catalogue = await readCatalogue(session);
    await growTwin(
      server.sandbox,
      { superuser: session, owner: session },
      catalogue,
      productionSizes(catalogue, {}, 1e6),
    );
    expect(await session.query('SELECT 1 FROM pg_stats WHERE schemaname = $1', ['public'])).toEqual([]);
    const [planning] = await planAll(session, [
      { sql: 'SELECT * FROM t WHERE a = 1', parameterCount: 0, params: null },
    ]);
    expect(planning?.kind === 'planned' ? planning.plan.rows : planning).toBeLessThan(20_000);
  });

  test('names the columns whose stated values do not fit, and keeps the rest', async () => {
    await using session = await server.session('CREATE TABLE t (a int, b text)', 'superuser');
    const catalogue = await readCatalogue(session);
    const columns = {
      a: { distinct: 7, nulls: 0.5, width: null, correlation: null, common: { x: 0.1 } },
      b: {
        distinct: null,
        nulls: null,
        width: null,
        correlation: null,
        common: { 'a "quoted", \\ value': 0.5 },
      },
    };
    const sizes = productionSizes(catalogue, { t: { rows: 1e6, width: null, columns } }, 1e6);
    expect(await growTwin(server.sandbox, { superuser: session, owner: session }, catalogue, sizes)).toEqual([
      {
        subject: 'statistics of public.t.a',
        reason: expect.stringContaining('invalid input syntax for type integer: "x"'),
      },
    ]);
    const stats = await session.query(
      "SELECT attname, null_frac, n_distinct, most_common_vals::text AS values FROM pg_stats WHERE tablename = 't' ORDER BY attname",
    );
    expect(stats).toEqual([
      { attname: 'a', null_frac: 0.5, n_distinct: 7, values: null },
      { attname: 'b', null_frac: 0, n_distinct: 0, values: '{"a \\"quoted\\", \\\\ value"}' },
    ]);
  });
});
