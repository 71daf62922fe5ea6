import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../../src/config/config.ts';
import { TestServer, testedVersions } from '../../support/server.ts';
import { type Asked, advised, inShort, sized } from './advised.ts';

const schema = `
  CREATE TABLE customers (
    id bigint PRIMARY KEY, email text NOT NULL, name text, city text, joined_at timestamptz);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL, city_id int,
    total numeric NOT NULL, note text, tags text[], data jsonb, deleted_at timestamptz,
    shipped_at timestamptz, created_at timestamptz NOT NULL DEFAULT now());
  CREATE TABLE events (
    id bigint, kind int NOT NULL, status int NOT NULL, value numeric NOT NULL, payload text NOT NULL,
    at timestamptz NOT NULL);
  CREATE TABLE parts (id bigint, a int, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE parts_25 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE parts_26 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE lookup (id int PRIMARY KEY, name text);
`;

const declared: Declared = {
  customers: sized(1e6, { email: { distinct: 1e6 }, city: { distinct: 5000 } }),
  orders: sized(20e6, {
    status: { distinct: 6, common: { shipped: 0.95, open: 0.01 } },
    total: { distinct: 100_000 },
    note: { distinct: 5e6 },
    shipped_at: { nulls: 0.01, distinct: 1e6 },
    city_id: { distinct: 2000 },
    created_at: { distinct: 20e6 },
    deleted_at: { nulls: 0.999, distinct: 10_000 },
  }),
  events: sized(50e6, {
    kind: { distinct: 500 },
    status: { distinct: 5 },
    at: { distinct: 50e6, correlation: 0.99 },
  }),
  parts: sized(5e6, { a: { distinct: 50_000 } }),
  lookup: sized(300),
};

/** What is asked, what is advised, and the like of which nothing is advised for. */
const kinds: readonly (readonly [string, readonly Asked[], readonly string[], readonly Asked[]])[] = [
  [
    'a column',
    ['SELECT * FROM orders WHERE customer_id = $1'],
    ['orders (customer_id)'],
    ['SELECT * FROM lookup WHERE name = $1', 'SELECT * FROM orders WHERE id = $1'],
  ],
  [
    'a join',
    ['SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = $1'],
    ['orders (customer_id)'],
    ['SELECT o.* FROM customers c JOIN orders o ON o.customer_id = c.id'],
  ],
  [
    'several columns',
    ['SELECT * FROM orders WHERE city_id = $1 AND created_at > $2 AND created_at < $3'],
    ['orders (city_id, created_at)'],
    ['SELECT * FROM orders WHERE id = $1 AND created_at > $2'],
  ],
  [
    'an order',
    ['SELECT * FROM orders ORDER BY total DESC LIMIT 10'],
    ['orders (total)'],
    ['SELECT * FROM orders ORDER BY total DESC'],
  ],
  [
    'direction and nulls',
    ['SELECT * FROM orders ORDER BY shipped_at DESC NULLS LAST LIMIT 10'],
    ['orders (shipped_at DESC NULLS LAST)'],
    ['SELECT * FROM orders ORDER BY id DESC LIMIT 10'],
  ],
  [
    'several directions',
    ['SELECT * FROM orders ORDER BY total DESC, note LIMIT 10'],
    ['orders (total DESC, note)'],
    ['SELECT * FROM lookup ORDER BY name DESC, id LIMIT 10'],
  ],
  [
    'the latest of something',
    ['SELECT max(created_at) FROM orders WHERE city_id = $1'],
    ['orders (city_id, created_at)'],
    ['SELECT max(id) FROM orders'],
  ],
  [
    'an expression',
    ['SELECT id FROM customers WHERE lower(email) = $1'],
    ['customers (lower(email))'],
    ["SELECT id FROM customers WHERE to_char(joined_at, 'YYYY') = $1"],
  ],
  [
    'a value within a document',
    ["SELECT * FROM orders WHERE data ->> 'ref' = $1"],
    ["orders ((data ->> 'ref'::text))"],
    ["SELECT data ->> 'ref' FROM orders WHERE id = $1"],
  ],
  [
    'a document',
    ['SELECT * FROM orders WHERE data @> $1'],
    ['orders USING gin (data jsonb_path_ops)'],
    ['SELECT * FROM orders WHERE data <@ $1'],
  ],
  [
    'a key of a document',
    ["SELECT * FROM orders WHERE data ? 'gift'"],
    ['orders USING gin (data)'],
    ["SELECT * FROM orders WHERE NOT data ? 'gift'"],
  ],
  [
    'an array',
    ['SELECT * FROM orders WHERE tags @> $1'],
    ['orders USING gin (tags)'],
    ['SELECT * FROM orders WHERE $1 = ANY (tags)'],
  ],
  [
    'a substring',
    ["SELECT id FROM customers WHERE name LIKE '%son%'"],
    ['customers USING gin (name gin_trgm_ops)'],
    ["SELECT id FROM customers WHERE name LIKE '%n%' OR city = $1"],
  ],
  [
    'the beginning of a text',
    ["SELECT id FROM customers WHERE name LIKE 'Johns%'"],
    ['customers (name text_pattern_ops)'],
    ["SELECT id FROM lookup WHERE name LIKE 'Johns%'"],
  ],
  [
    'a rare condition that is always the same',
    ["SELECT * FROM orders WHERE status = 'lost' AND created_at > '2026-01-01'"],
    ["orders (created_at) WHERE status = 'lost'::text"],
    ["SELECT * FROM orders WHERE status = 'shipped'"],
  ],
  [
    'rows that are not done yet',
    ['SELECT * FROM orders WHERE shipped_at IS NULL ORDER BY created_at LIMIT 100'],
    ['orders (created_at) WHERE shipped_at IS NULL'],
    ['SELECT * FROM orders WHERE deleted_at IS NULL'],
  ],
  [
    'columns that are carried along',
    ['SELECT sum(value) FROM events WHERE kind = $1'],
    ['events (kind) INCLUDE (value)'],
    ['SELECT note FROM orders WHERE id = $1'],
  ],
  [
    'ranges of a table in their order',
    ["SELECT sum(value) FROM events WHERE at > '2026-01-01' AND at < '2026-03-01'"],
    ['events USING brin (at)'],
    ['SELECT sum(total) FROM orders'],
  ],
];

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(kinds)('%s', async (_, queries, expected, others) => {
    expect(inShort(await advised(server, schema, declared, queries))).toEqual(expected);
    expect(inShort(await advised(server, schema, declared, others))).toEqual([]);
  });

  test('an index that is there is extended, and named as superfluous', async () => {
    const result = await advised(
      server,
      `${schema} CREATE INDEX orders_city ON orders (city_id);`,
      declared,
      [
        'SELECT * FROM orders WHERE city_id = $1 AND created_at > $2',
        'SELECT * FROM orders WHERE city_id = $1',
      ],
    );
    expect(inShort(result)).toEqual(['orders (city_id, created_at)']);
    expect(result.missing[0]?.replaces).toEqual(['public.orders_city']);
  });

  test('one that makes values unique stays', async () => {
    const result = await advised(
      server,
      `${schema} CREATE UNIQUE INDEX orders_once ON orders (city_id, id);`,
      declared,
      ['SELECT * FROM orders WHERE city_id = $1 AND created_at > $2'],
    );
    expect(result.missing.map(({ replaces }) => replaces)).toEqual([[]]);
  });

  test('what is written more than it is read gets none', async () => {
    const write = (calls: number) => ({
      sql: "INSERT INTO customers VALUES ($1, 'a@b', 'A', 'B', now())",
      calls,
    });
    const read = { sql: 'SELECT * FROM customers WHERE city = $1', calls: 10 };
    expect(inShort(await advised(server, schema, declared, [read, write(100)]))).toEqual([
      'customers (city)',
    ]);
    expect(inShort(await advised(server, schema, declared, [read, write(1e6)]))).toEqual([]);
  });

  test('an update that changes no indexed column costs nothing', async () => {
    const update = { sql: 'UPDATE customers SET name = $2 WHERE id = $1', calls: 1e6 };
    const result = await advised(server, schema, declared, [
      { sql: 'SELECT * FROM customers WHERE city = $1', calls: 10 },
      update,
    ]);
    expect(result.missing.map(({ writes }) => writes.calls)).toEqual([0]);
    const moved = await advised(server, schema, declared, [
      { sql: 'SELECT * FROM customers WHERE city = $1', calls: 10 },
      { ...update, sql: 'UPDATE customers SET city = $2 WHERE id = $1' },
    ]);
    expect(inShort(moved)).toEqual([]);
  });

  test('a foreign key is indexed where rows that it refers to are deleted', async () => {
    const result = await advised(server, schema, declared, ['DELETE FROM customers WHERE id = $1']);
    expect(inShort(result)).toEqual(['orders (customer_id)']);
    expect(result.missing[0]?.helps).toMatchObject([{ fingerprint: 'DELETE FROM customers WHERE id = $1' }]);
    const other = ['DELETE FROM orders WHERE id = $1', 'UPDATE customers SET name = $2 WHERE id = $1'];
    expect(inShort(await advised(server, schema, declared, other))).toEqual([]);
  });

  test('a partitioned table has the index on each partition', async () => {
    const result = await advised(server, schema, declared, ['SELECT * FROM parts WHERE a = $1']);
    expect(result.missing[0]?.sql.split(';\n')).toEqual([
      'CREATE INDEX parts_a_idx ON ONLY public.parts (a)',
      'CREATE INDEX CONCURRENTLY parts_25_a_idx ON public.parts_25 (a)',
      'ALTER INDEX public.parts_a_idx ATTACH PARTITION public.parts_25_a_idx',
      'CREATE INDEX CONCURRENTLY parts_26_a_idx ON public.parts_26 (a)',
      'ALTER INDEX public.parts_a_idx ATTACH PARTITION public.parts_26_a_idx',
    ]);
    expect(result.missing[0]?.bytes).toBeGreaterThan(10e6);
  });
});
