import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Query, unseen } from '../../src/model/query.ts';
import type { Session } from '../../src/model/server.ts';
import { examine } from '../../src/plans/examine.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, name text);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, day date);
  CREATE TABLE notes (customer_id int REFERENCES customers ON DELETE CASCADE);
  CREATE VIEW open_orders AS SELECT * FROM orders;
  CREATE TABLE events (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(schema);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function locksOf(sql: string, parameterCount = 0): Promise<readonly string[]> {
    const query: Query = {
      fingerprint: sql,
      sql,
      name: null,
      calls: 1,
      parameterCount,
      samples: [],
      texts: [],
      origins: [],
      originsLeftOut: 0,
      ...unseen,
    };
    const { planned } = await examine(session, [query], new Map(), 'with locks');
    return planned.get(sql)?.locks.map(({ relation, mode }) => `${relation} ${mode}`) ?? [];
  }

  test.each<[string, readonly string[]]>([
    ['SELECT * FROM customers', ['public.customers AccessShareLock']],
    ['SELECT * FROM customers FOR UPDATE', ['public.customers RowShareLock']],
    [
      'UPDATE orders SET day = NULL FROM customers c WHERE c.id = customer_id',
      ['public.customers AccessShareLock', 'public.orders RowExclusiveLock'],
    ],
    ['SELECT * FROM open_orders', ['public.open_orders AccessShareLock', 'public.orders AccessShareLock']],
    [
      "SELECT * FROM events WHERE day = '2026-01-05'",
      ['public.events AccessShareLock', 'public.events_1 AccessShareLock'],
    ],
    ['SELECT 1', []],
    [
      "INSERT INTO orders VALUES (1, 2, '2026-01-01')",
      ['public.customers RowShareLock', 'public.orders RowExclusiveLock'],
    ],
    [
      'DELETE FROM customers WHERE id = 1',
      ['public.customers RowExclusiveLock', 'public.notes RowExclusiveLock', 'public.orders RowShareLock'],
    ],
    ['DELETE FROM orders WHERE id = 1', ['public.orders RowExclusiveLock']],
  ])('%s', async (sql, expected) => expect(await locksOf(sql)).toEqual(expected));

  test('a query whose values are not known takes the same', async () => {
    expect(await locksOf('SELECT * FROM customers WHERE id = $1', 1)).toEqual([
      'public.customers AccessShareLock',
    ]);
  });

  test('locks are read only where somebody asks', async () => {
    const sql = 'SELECT * FROM customers';
    const query: Query = {
      fingerprint: sql,
      sql,
      name: null,
      calls: 1,
      parameterCount: 0,
      samples: [],
      texts: [],
      origins: [],
      originsLeftOut: 0,
      ...unseen,
    };
    const { planned } = await examine(session, [query], new Map());
    expect(planned.get(sql)?.locks).toEqual([]);
  });
});
