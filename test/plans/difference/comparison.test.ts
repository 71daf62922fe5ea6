import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../../src/migrations/catalogue.ts';
import { differences } from '../../../src/migrations/schema/differences.ts';
import { readSchema } from '../../../src/migrations/schema/read.ts';
import type { Measures, WorkChange } from '../../../src/model/plan.ts';
import { type Query, unseen } from '../../../src/model/query.ts';
import type { SchemaDifference } from '../../../src/model/schema.ts';
import type { Session } from '../../../src/model/server.ts';
import { causeOf } from '../../../src/plans/difference/cause.ts';
import { comparePlans } from '../../../src/plans/difference/comparison.ts';
import { examine } from '../../../src/plans/examine.ts';
import { productionSizes } from '../../../src/statistics/sizes.ts';
import { sizedTables } from '../../../src/statistics/tables.ts';
import { growTwin } from '../../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const schema = `
  CREATE TABLE customers (id int PRIMARY KEY, email text);
  CREATE TABLE orders (id int PRIMARY KEY, customer_id int, status text, note text);
  CREATE INDEX orders_customer ON orders (customer_id);
  CREATE INDEX orders_status ON orders (status, note);
  CREATE TABLE lines (id int PRIMARY KEY, order_id int, amount int);
  CREATE INDEX lines_order ON lines (order_id);
`;
const join = `SELECT c.email, l.amount FROM customers c JOIN orders o ON o.customer_id = c.id
  JOIN lines l ON l.order_id = o.id WHERE c.id = 5`;

describe.each(testedVersions)('two plans of a query, on PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  let measured: (sql: string, settings?: string) => Promise<Measures>;

  beforeAll(async () => {
    server = await TestServer.start(major);
    const database = await server.database(schema);
    await using superuser = await server.sandbox.connect(database, 'superuser');
    const catalogue = await readCatalogue(superuser);
    const sizes = productionSizes(catalogue, {}, 1e6);
    session = await server.sandbox.connect(database, 'owner');
    await growTwin(server.sandbox, { superuser, owner: session }, catalogue, sizes);
    measured = async (sql, settings = '') => {
      await session.script(`RESET ALL; ${settings}`);
      const query: Query = {
        fingerprint: sql,
        sql,
        name: null,
        calls: 1,
        parameterCount: 0,
        texts: [],
        samples: [],
        origins: [],
        originsLeftOut: 0,
        ...unseen,
      };
      const { planned, refused } = await examine(session, [query], sizedTables(catalogue, sizes));
      const found = planned.get(sql);
      if (found === undefined) throw new Error(refused.get(sql)?.message);
      return found.measures;
    };
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const sorted = "SELECT * FROM orders WHERE status > 'a' ORDER BY status, note LIMIT 10";
  const grouped = 'SELECT note, count(*) FROM orders GROUP BY 1';

  test.each<readonly [string, string, string, Partial<WorkChange>]>([
    [
      'that no index may be read in',
      'SELECT * FROM orders WHERE customer_id = 5',
      'SET enable_indexscan = off; SET enable_bitmapscan = off',
      { kind: 'access', on: 'public.orders', after: 'Seq Scan' },
    ],
    [
      'that has to sort',
      sorted,
      'SET enable_indexscan = off; SET enable_bitmapscan = off',
      { kind: 'sort', on: 'public.orders', before: null, after: 'orders.status, orders.note' },
    ],
    [
      'that joins in another way',
      'SELECT o.note FROM orders o JOIN lines l ON l.order_id = o.id',
      'SET enable_hashjoin = off',
      { kind: 'join method', on: 'public.lines, public.orders', before: 'Hash Join' },
    ],
    [
      'that groups in another way',
      grouped,
      'SET enable_hashagg = off; SET max_parallel_workers_per_gather = 0',
      { kind: 'aggregate', on: 'public.orders', before: 'hashed', after: 'sorted' },
    ],
    [
      'without workers',
      'SELECT max(status || note) FROM orders',
      'SET max_parallel_workers_per_gather = 0',
      { kind: 'parallelism', before: '2 workers', after: null },
    ],
  ])('%s', async (_, sql, settings, expected) => {
    const base = await measured(sql, sql === grouped ? 'SET max_parallel_workers_per_gather = 0' : '');
    const head = await measured(sql, settings);
    expect(comparePlans(base, head).changes).toContainEqual(expect.objectContaining(expected));
    expect(comparePlans(head, head)).toMatchObject({ changes: [], difference: null, growth: 0 });
    expect(comparePlans(head, head).marks.size).toBe(0);
  });

  test('the deepest work whose cost grew is what made the difference, and is marked in the plan', async () => {
    const head = await measured(join, 'SET enable_indexscan = off; SET enable_bitmapscan = off');
    const { difference, marks } = comparePlans(await measured(join), head);
    expect(difference?.node).toMatch(/^Seq Scan on public\./);
    const causes = [...marks].filter(([, mark]) => mark === 'cause').map(([node]) => node.type);
    expect(causes).toEqual(['Seq Scan']);
  });

  test('conditions by which rows are joined are no filters', async () => {
    const head = await measured(join, 'SET enable_nestloop = off');
    const { changes } = comparePlans(await measured(join), head);
    expect(changes.filter(({ kind }) => kind === 'filter')).toEqual([]);
  });

  test('a plan that became cheaper is owed to the index that it now uses', async () => {
    const sql = 'SELECT id FROM lines WHERE amount = 7';
    const base = await measured(sql);
    const before = await readSchema(session);
    const steps: {
      readonly statement: { readonly sql: string; readonly differences: readonly SchemaDifference[] };
    }[] = [];
    let earlier = before;
    for (const text of ['CREATE INDEX lines_amount ON lines (amount)', 'ALTER TABLE lines ADD note text']) {
      await session.script(text);
      const now = await readSchema(session);
      steps.push({ statement: { sql: text, differences: differences(earlier, now) } });
      earlier = now;
    }
    const comparison = comparePlans(base, await measured(sql));
    expect(comparison.growth).toBeLessThan(0);
    expect(causeOf(comparison, sql, steps)?.by.statement.sql).toMatch(/^CREATE INDEX/);
  });
});
