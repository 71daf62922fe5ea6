import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { TestServer } from '../../support/server.ts';
import { advised, sized } from './advised.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

const rows = 300_000;
const table = 'CREATE TABLE t (id bigint PRIMARY KEY, a int NOT NULL, b bigint NOT NULL, c text NOT NULL);';

test.each([
  ['SELECT * FROM t WHERE a = $1', 'a'],
  ['SELECT * FROM t WHERE b = $1', 'b'],
  ['SELECT * FROM t WHERE b = $1 AND id > $2', 'b'],
])('%s gets an index of the size that it really has', async (query, keys) => {
  const declared = { t: sized(rows, { a: { distinct: 1000 }, b: { distinct: rows } }) };
  const { missing } = await advised(server, table, declared, [query]);
  expect(missing.map((each) => each.keys.join(', '))).toEqual([keys]);
  await using session = await server.session(
    `${table} INSERT INTO t SELECT i, hashint4(i) % 500, i, 'x' FROM generate_series(1, ${rows}) AS i;
     CREATE INDEX real_idx ON t (${keys});`,
  );
  const [real] = await session.query("SELECT pg_relation_size('real_idx')::float8 AS bytes");
  const ratio = (missing[0]?.bytes ?? 0) / Number(real?.['bytes']);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
});
