import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../src/config/config.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { Role, Session } from '../../src/model/server.ts';
import { planAll } from '../../src/plans/explain.ts';
import { seedPlausible } from '../../src/seed/plausible.ts';
import { tellRows } from '../../src/statistics/rows.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { TestServer } from '../support/server.ts';

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, email text);
  CREATE TABLE "Odd orders" (id int PRIMARY KEY, customer_id int REFERENCES customers, status text, day date);
  CREATE INDEX orders_customer ON "Odd orders" (customer_id);
  CREATE INDEX orders_open ON "Odd orders" (day) WHERE status = 'open';
  CREATE TABLE parts (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;

const column = { distinct: null, nulls: null, width: null, correlation: null, common: {} };
const declared: Declared = {
  customers: { rows: 1e6, width: null, columns: {} },
  'Odd orders': {
    rows: 20e6,
    width: null,
    columns: {
      status: { ...column, distinct: 3, common: { 'it\'s "so"': 0.5, open: 0.01 } },
      day: { ...column, common: { nonsense: 0.5 } },
    },
  },
  parts: { rows: 4e6, width: null, columns: { id: { ...column, distinct: 2 } } },
};

describe.each<[number, Role]>([
  [14, 'superuser'],
  [18, 'superuser'],
  [18, 'owner'],
])('on PostgreSQL %i, told by the %s', (major, role) => {
  let server: TestServer;
  let owner: Session;
  let unchecked: readonly { readonly subject: string; readonly reason: string }[];
  beforeAll(async () => {
    server = await TestServer.start(major);
    const database = await server.database(schema);
    owner = await server.sandbox.connect(database, 'owner');
    await seedPlausible(owner, { rows: 3, head: null, constants: [] });
    await using teller = await server.sandbox.connect(database, role);
    const catalogue = await readCatalogue(teller);
    unchecked = await tellRows(
      { superuser: teller, owner },
      catalogue,
      productionSizes(catalogue, declared, 1e6),
    );
  });
  afterAll(async () => {
    await owner[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function planOf(sql: string) {
    const [planning] = await planAll(owner, [{ sql, parameterCount: 0, params: null }]);
    if (planning?.kind !== 'planned') throw new Error(JSON.stringify(planning));
    return planning.plan;
  }

  test.each([
    ['all rows of a table', 'SELECT * FROM customers', 1e6],
    ['one row of a key', 'SELECT * FROM customers WHERE id = 5', 1],
    ['those of a foreign key', 'SELECT * FROM "Odd orders" WHERE customer_id = 5', 20],
    ['those with a common value', `SELECT * FROM "Odd orders" WHERE status = 'it''s "so"'`, 10e6],
    ['those of a partial index', `SELECT day FROM "Odd orders" WHERE status = 'open'`, 200_000],
    ['those of a partition', "SELECT * FROM parts WHERE day > '2026-02-01'", 4e6 / 3],
  ])('the planner expects %s', async (_, sql, rows) => {
    const plan = await planOf(sql);
    expect(plan.rows / rows).toBeGreaterThan(0.9);
    expect(plan.rows / rows).toBeLessThan(1.1);
  });

  test('an index is taken where it saves reading a table', async () => {
    expect((await planOf('SELECT * FROM "Odd orders" WHERE customer_id = 5')).type).toMatch(/Index|Bitmap/);
    expect((await planOf('SELECT * FROM "Odd orders" WHERE day IS NULL')).cost.total).toBeGreaterThan(
      100_000,
    );
  });

  test('a value that does not fit its column is told', () => {
    expect(unchecked).toEqual([
      { subject: 'statistics of public.Odd orders.day', reason: expect.stringContaining('nonsense') },
    ]);
  });
});
