import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readSchema } from '../../src/migrations/schema/read.ts';
import { batchRows, inBatches, inBatchesUntilDone } from '../../src/remedies/safe/batches.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const rows = 2 * batchRows + 500;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([
    ['a number', 'i AS id', 'id'],
    ['a text', 'md5(i::text) AS id', 'id'],
    ['several columns', 'i % 7 AS "group", i AS id', '"group", id'],
  ])(
    'a table whose key is %s is worked through once, in transactions of a batch each',
    async (_, columns, key) => {
      await using session = await server.session(`
      CREATE TABLE t AS SELECT ${columns}, 0 AS n FROM generate_series(1, ${rows}) AS i;
      ALTER TABLE t ADD PRIMARY KEY (${key});`);
      const block = inBatches(
        await readSchema(session),
        'public.t',
        (condition) => `UPDATE t SET n = n + 1 WHERE ${condition}`,
      );
      await session.script(block ?? '');
      const sizes = await session.query(
        'SELECT count(*)::int AS rows, min(n), max(n) FROM t GROUP BY xmin ORDER BY 1',
      );
      expect(sizes).toEqual([
        { rows: 500, min: 1, max: 1 },
        { rows: batchRows, min: 1, max: 1 },
        { rows: batchRows, min: 1, max: 1 },
      ]);
    },
  );

  test('a table without a key is worked through until nothing is left to do', async () => {
    await using session = await server.session(
      `CREATE TABLE t AS SELECT i AS id, NULL::int AS n FROM generate_series(1, ${5 * rows}) AS i`,
    );
    const schema = await readSchema(session);
    const update = (condition: string) => `UPDATE t SET n = 1 WHERE ${condition} AND n IS NULL`;
    expect(inBatches(schema, 'public.t', update)).toBeNull();
    await session.script(inBatchesUntilDone(schema, 'public.t', update));
    const [result] = await session.query(
      'SELECT count(n)::int AS done, count(DISTINCT xmin::text)::int AS parts FROM t',
    );
    expect(result).toEqual({ done: 5 * rows, parts: expect.any(Number) });
    expect(result?.['parts']).toBeGreaterThan(1);
  });

  test('an empty table is done at once', async () => {
    await using session = await server.session('CREATE TABLE t (id int PRIMARY KEY)');
    const block = inBatches(
      await readSchema(session),
      'public.t',
      (condition) => `DELETE FROM t WHERE ${condition}`,
    );
    await expect(session.script(block ?? '')).resolves.toEqual([[]]);
  });
});
