import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

/** Libraries as npm has them, run against a real server: what they log is what is read. */

const root = join(import.meta.dirname, '..', '..', '..');

let server: TestServer;
let url: string;
beforeAll(async () => {
  server = await TestServer.start(18, 60_000, true);
  const database = await server.database(
    'CREATE TABLE orders (id integer PRIMARY KEY, status text); INSERT INTO orders SELECT i FROM generate_series(1, 9) i',
  );
  const { host, port, user, password } = server.sandbox.address(database);
  url = `postgres://${user}:${password}@${host}:${port}/${database}`;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Programs that send the same query three times and print what the library logs. */
const programs = {
  knex: `
    import knex from 'knex';
    const db = knex({ client: 'pg', connection: process.env.URL });
    db.on('query', (event) => console.log(JSON.stringify(event)));
    for (const id of [1, 2, 3]) await db('orders').select('id', 'status').where({ id }).whereNot('status', "it's ?");
    await db.destroy();`,
  typeorm: `
    import 'reflect-metadata';
    import { DataSource, EntitySchema } from 'typeorm';
    const Order = new EntitySchema({
      name: 'Order', tableName: 'orders',
      columns: { id: { type: 'int', primary: true }, status: { type: 'text', nullable: true } },
    });
    const source = new DataSource({ type: 'postgres', url: process.env.URL, entities: [Order], logging: ['query'] });
    await source.initialize();
    for (const id of [1, 2, 3]) await source.getRepository('Order').findOneBy({ id });
    await source.destroy();`,
  drizzle: `
    import { drizzle } from 'drizzle-orm/node-postgres';
    import { integer, pgTable, text } from 'drizzle-orm/pg-core';
    import { eq } from 'drizzle-orm';
    import pg from 'pg';
    const client = new pg.Client(process.env.URL);
    await client.connect();
    const orders = pgTable('orders', { id: integer('id').primaryKey(), status: text('status') });
    const db = drizzle(client, { logger: true });
    for (const id of [1, 2, 3]) await db.select().from(orders).where(eq(orders.id, id));
    await client.end();`,
} as const;

describe.each(Object.entries(programs))('%s', (name, program) => {
  test('logs queries with their values', async () => {
    const output = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: root,
      env: { ...process.env, URL: url },
      encoding: 'utf8',
    });
    using project = new TestProject({ [`${name}.log`]: `starting\n${output}done\n` });
    const { queries } = await readWorkload(project.root, [`shop=${name}.log`]);
    const query = queries.find(({ sql }) => /from "orders"/i.test(sql));
    expect(query).toMatchObject({ calls: 3, origins: [{ service: 'shop' }] });
    expect(query?.samples[0]?.[0]).toBe(1);
    expect(query?.sql).toMatch(/\$1/);
  });
});
