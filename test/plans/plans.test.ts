import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../src/config/config.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { Measures } from '../../src/model/plan.ts';
import { type Query, unseen } from '../../src/model/query.ts';
import type { Session } from '../../src/model/server.ts';
import { lostIndexes } from '../../src/plans/compare.ts';
import { comparePlans } from '../../src/plans/difference/comparison.ts';
import { examine } from '../../src/plans/examine.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { sizedTables } from '../../src/statistics/tables.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, email text);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int REFERENCES customers, status text, note text);
  CREATE INDEX orders_customer ON orders (customer_id);
  CREATE INDEX orders_status ON orders (status);
  CREATE INDEX orders_lost ON orders (id) WHERE status = 'lost' AND customer_id > 0;
`;

const column = { distinct: null, nulls: null, width: null, correlation: null, common: {} };
const declared: Declared = {
  customers: { rows: 1e6, width: null, columns: {} },
  orders: {
    rows: 10e6,
    width: null,
    columns: { status: { ...column, distinct: 1000 }, note: { ...column, distinct: 200 } },
  },
};

function query(sql: string, parameterCount = 0, params: readonly unknown[] | null = null): Query {
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls: 1,
    parameterCount,
    samples: params === null ? [] : [params],
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
  };
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  let examineAll: (queries: readonly Query[]) => ReturnType<typeof examine>;

  beforeAll(async () => {
    server = await TestServer.start(major);
    const database = await server.database(schema);
    await using superuser = await server.sandbox.connect(database, 'superuser');
    const catalogue = await readCatalogue(superuser);
    const sizes = productionSizes(catalogue, declared, 1e6);
    await growTwin(server.sandbox, { superuser, owner: superuser }, catalogue, sizes);
    session = await server.sandbox.connect(database, 'owner');
    examineAll = (queries) => examine(session, queries, sizedTables(catalogue, sizes));
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function measures(sql: string, parameterCount = 0): Promise<Measures> {
    const { planned, refused } = await examineAll([query(sql, parameterCount)]);
    const found = planned.get(sql);
    if (found === undefined) throw new Error(refused.get(sql)?.message);
    return found.measures;
  }

  describe('figures', () => {
    test.each([
      [
        'a scan reads the whole table',
        "SELECT * FROM orders WHERE note = 'x'",
        { rowsRead: 10e6, rowsFiltered: 9.95e6 },
      ],
      [
        'an index scan reads what its condition finds',
        'SELECT * FROM orders WHERE customer_id = 5',
        { rowsRead: 10, rowsFiltered: 0 },
      ],
      [
        'and filters the rest',
        "SELECT * FROM orders WHERE customer_id = 5 AND note = 'x'",
        { rowsRead: 10, rowsFiltered: 9 },
      ],
      [
        'a bitmap too',
        "SELECT * FROM orders WHERE status = 's' AND note = 'x'",
        { rowsRead: 10_000, rowsFiltered: 9_950 },
      ],
      [
        'bitmaps that are combined add up',
        "SELECT * FROM orders WHERE status = 's' OR customer_id = 5",
        { rowsRead: 10_010, rowsFiltered: 0 },
      ],
      [
        'a write asks the condition of a partial index again, and reads no more for it',
        "UPDATE orders SET note = 'y' WHERE status = 'lost' AND customer_id > 0 AND id > 0",
        { rowsRead: 2_500, rowsFiltered: 0 },
      ],
      [
        'a LIMIT ends a scan',
        "SELECT * FROM orders WHERE note = 'x' LIMIT 10",
        { rowsRead: 2_000, rowsReturned: 10 },
      ],
      [
        'but no sort',
        'SELECT * FROM orders ORDER BY note LIMIT 10',
        { rowsRead: 10e6, rowsSorted: 10e6, rowsReturned: 10 },
      ],
      [
        'an offset is read as well',
        'SELECT * FROM orders ORDER BY id LIMIT 10 OFFSET 990',
        { rowsRead: 1_000 },
      ],
      [
        'a subquery runs for every row',
        'SELECT (SELECT count(*) FROM orders WHERE customer_id = c.id) FROM customers c LIMIT 50',
        { rowsRead: 550 },
      ],
      [
        'a hashed subquery runs once',
        'SELECT * FROM customers WHERE id NOT IN (SELECT customer_id FROM orders WHERE status = $1)',
        { rowsRead: 1_010_000 },
      ],
      [
        'changed rows are read, and nothing is returned',
        "UPDATE orders SET note = 'y' WHERE customer_id = 5",
        { rowsRead: 10, rowsReturned: 0, columnsReturned: 0 },
      ],
      [
        'columns are those of the result',
        'SELECT id FROM orders ORDER BY note LIMIT 1',
        { columnsReturned: 1 },
      ],
      ['a star stands for all', 'SELECT * FROM orders LIMIT 1', { columnsReturned: 4 }],
    ])('%s', async (_, sql, expected) => {
      const found = await measures(sql, sql.includes('$1') ? 1 : 0);
      for (const [name, value] of Object.entries(expected)) {
        const actual = Object.entries(found).find(([key]) => key === name)?.[1];
        // Rows of parallel workers are rounded one by one.
        expect({ [name]: Math.abs(actual - value) <= Math.max(2, value * 0.001) ? value : actual }).toEqual({
          [name]: value,
        });
      }
    });

    test('the cost of the nodes adds up to that of the plan', async () => {
      for (const sql of [
        "SELECT * FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.note = 'x'",
        'SELECT status, count(*) FROM orders GROUP BY status ORDER BY 2 DESC',
        'SELECT * FROM orders WHERE customer_id IN (1, 2, 3)',
      ]) {
        const { cost, nodes } = await measures(sql);
        const sum = nodes.reduce((total, { exclusiveCost }) => total + exclusiveCost, 0);
        expect(Math.abs(sum / cost - 1)).toBeLessThan(0.02);
      }
    });
  });

  describe('parameters', () => {
    test('unknown values are planned as unknown, not as NULL', async () => {
      const { planned } = await examineAll([query('SELECT * FROM orders WHERE id = $1', 1)]);
      expect([...planned.values()][0]).toMatchObject({ parameters: 'generic', plan: { type: 'Index Scan' } });
    });

    test('captured values are used', async () => {
      const { planned } = await examineAll([
        query('SELECT * FROM orders WHERE id < $1 AND status = $2', 2, [5, 'open']),
      ]);
      const [found] = [...planned.values()];
      expect(found?.parameters).toBe('captured values');
      expect(JSON.stringify(found?.plan.operation)).toMatch(/5/);
    });

    test.each([
      ['cut short', ['12...', 'x']],
      ['too few', ['1']],
    ])('values that are %s leave the generic plan', async (_, params) => {
      const { planned } = await examineAll([
        query('SELECT * FROM orders WHERE id = $1 AND status = $2', 2, params),
      ]);
      expect([...planned.values()][0]?.parameters).toBe('generic');
    });

    test('values of every kind', async () => {
      const sql =
        'SELECT * FROM orders WHERE id = ANY ($1) AND status = $2 AND note IS NOT DISTINCT FROM $3 AND $4::jsonb IS NOT NULL';
      const { planned, refused } = await examineAll([query(sql, 4, [[1, 2], "it's", null, { a: 1 }])]);
      expect([...refused.values()]).toEqual([]);
      expect([...planned.values()][0]?.parameters).toBe('captured values');
    });
  });

  test('INSERT, UPDATE, DELETE and MERGE are planned, and nothing of them is done', async () => {
    const statements = [
      'INSERT INTO customers VALUES ($1, $2)',
      'UPDATE customers SET email = $1 WHERE id = $2',
      'DELETE FROM customers WHERE id = $1 AND email = $2',
      ...(major >= 15
        ? [
            'MERGE INTO customers c USING orders o ON o.id = c.id WHEN MATCHED THEN UPDATE SET email = $1 || $2',
          ]
        : []),
    ];
    const { planned, refused } = await examineAll(statements.map((sql) => query(sql, 2)));
    expect([...refused.values()]).toEqual([]);
    expect([...planned.values()].map(({ plan }) => plan.type)).toEqual(statements.map(() => 'ModifyTable'));
    expect(await session.query('SELECT count(*)::int AS n FROM customers')).toEqual([{ n: 0 }]);
  });

  test('what a capture hides behind a query is not run', async () => {
    const { refused } = await examineAll([
      query('SELECT 1; CREATE TABLE pwned ()'),
      query('SELECT * FROM nope'),
      query('SELECT 1'),
    ]);
    expect([...refused.values()].map(({ message }) => message)).toEqual([
      'cannot insert multiple commands into a prepared statement',
      'relation "nope" does not exist',
    ]);
    expect(await session.query("SELECT to_regclass('pwned') AS pwned")).toEqual([{ pwned: null }]);
  });

  test('the node that makes the difference is named', async () => {
    const join = 'SELECT c.email, o.note FROM customers c JOIN orders o ON o.customer_id = c.id';
    const base = await measures(`${join} WHERE o.customer_id = 5`);
    const head = await measures(`${join} WHERE o.customer_id + 0 = 5`);
    expect(comparePlans(base, head).difference).toMatchObject({
      node: 'Seq Scan on public.orders',
      before: expect.stringContaining('using orders_customer on public.orders'),
      relation: 'public.orders',
    });
    expect(lostIndexes(base, head).map(({ relation, indexes }) => [relation, ...indexes])).toContainEqual([
      'public.orders',
      'orders_customer',
    ]);
    expect(comparePlans(base, base).difference).toBeNull();
    expect(lostIndexes(head, base)).toEqual([]);
  });
});
