import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { executeAll } from '../../src/migrations/execute.ts';
import { seedBase } from '../../src/migrations/seeded.ts';
import type { Migration } from '../../src/model/migration.ts';
import { migration } from '../support/migration.ts';
import { TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function run(base: string, texts: readonly string[], queries: readonly string[] = []) {
    using project = new TestProject({ 'seed.sql': "INSERT INTO country VALUES ('AT')" });
    const database = await server.database(base);
    const migrations = texts.map((text, index) => migration(text, index + 1));
    const file = base.includes('country') ? 'seed.sql' : null;
    const head = `${database}_head`;
    await server.sandbox.createDatabase(head, database);
    const fails = await runOn(head, migrations);
    const unchecked = await seedBase(server.sandbox, database, {
      migrations,
      queries,
      root: project.root,
      file,
      head: fails === null ? head : null,
    });
    const session = await server.sandbox.connect(database, 'owner');
    return { unchecked, session, failed: await executeAll(session, migrations) };
  }

  async function runOn(database: string, migrations: readonly Migration[]) {
    await using session = await server.sandbox.connect(database, 'owner');
    return await executeAll(session, migrations);
  }

  const orders = 'CREATE TABLE orders (id serial PRIMARY KEY, status text, total text, placed date);';

  test.each([
    [
      "ALTER TABLE orders ADD CHECK (status IN ('new', 'paid')); ALTER TABLE orders ALTER total TYPE numeric USING total::numeric",
    ],
    [
      "UPDATE orders SET status = 'x' WHERE status IS NULL; ALTER TABLE orders ALTER status SET NOT NULL, ADD UNIQUE (total)",
    ],
    [
      'ALTER TABLE orders ADD c int; ALTER TABLE orders ALTER c SET DEFAULT 1; UPDATE orders SET c = 1; ALTER TABLE orders ALTER c SET NOT NULL',
    ],
  ])('what production takes succeeds: %s', async (text) => {
    const { unchecked, session, failed } = await run(orders, [text]);
    await using _ = session;
    expect({ unchecked, failed }).toEqual({ unchecked: [], failed: null });
  });

  test.each([
    ['ALTER TABLE orders ADD c int NOT NULL', '23502'],
    ['ALTER TABLE orders ADD c int DEFAULT 1 UNIQUE', '23505'],
    ['ALTER TABLE orders ADD c int DEFAULT 0 CHECK (c > 0)', '23514'],
  ])('what any rows make fail fails: %s', async (text, sqlstate) => {
    const { session, failed } = await run(orders, ['SELECT 1', text]);
    await using _ = session;
    expect(failed).toMatchObject({ script: { path: '2.sql' }, failure: { error: { sqlstate } } });
  });

  test('a file comes first, and queries tell of values too', async () => {
    const { session } = await run(
      `${orders} CREATE TABLE country (code text PRIMARY KEY)`,
      [],
      ["SELECT * FROM orders WHERE status = 'late' AND placed < '2020-01-01'"],
    );
    await using reader = session;
    expect(await reader.query('SELECT code FROM country')).toEqual([{ code: 'AT' }]);
    expect(
      await reader.query("SELECT status FROM orders WHERE status = 'late' AND placed < '2020-01-01'"),
    ).toEqual([{ status: 'late' }]);
  });
});
