import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { Session } from '../../src/model/server.ts';
import { TestServer } from '../support/server.ts';
import { exported, twinOf } from './fidelity/fixture.ts';

const tables = `
  CREATE TABLE orders (id bigint, small int, customer int, state text, email text, note text, tags text[], at timestamptz,
    document tsvector, body jsonb, during daterange);
`;

const rows = `
  INSERT INTO orders SELECT i, i, 1 + (i * 7919::bigint) % 40000,
    CASE WHEN i % 100 = 0 THEN 'open' ELSE 'shipped' END, 'customer' || i || '@example.org',
    repeat('x', i % 30), ARRAY['tag' || i % 50, 'tag' || i % 7], timestamptz '2026-01-01' + i * interval '1 minute',
    to_tsvector('simple', 'word' || i % 977 || ' common number' || i % 5000 || ' next' || i % 31),
    jsonb_build_object('colour', i % 7, 'size', i % 500), daterange(date '2020-01-01' + i % 1000, date '2025-01-01')
  FROM generate_series(1, 400000) i;
  VACUUM ANALYZE;
`;

/** Indexes by what decides on their size. */
const indexes: ReadonlyMap<string, string> = new Map([
  ['bigint', '(id)'],
  ['integer', '(small)'],
  ['text', '(email)'],
  ['composite', '(customer, id)'],
  ['low_cardinality', '(state)'],
  ['some_duplicates', '(customer)'],
  ['partial', "(id) WHERE state = 'open'"],
  ['expression', '(lower(email))'],
  ['included', '(id) INCLUDE (at)'],
  ['gin_array', 'USING gin (tags)'],
  ['gin_tsvector', 'USING gin (document)'],
  ['gin_jsonb', 'USING gin (body jsonb_path_ops)'],
  ['gist', 'USING gist (during)'],
  ['brin', 'USING brin (at)'],
  ['hash', 'USING hash (email)'],
]);

const definitions = [...indexes].map(([name, on]) => `CREATE INDEX ${name} ON orders ${on};`).join('\n');

/** By how much an estimate may be off: a factor, and pages for the least of indexes. */
const tolerance = { factor: 1.35, pages: 4 };

/** Of indexes whose entries are not rows: how many there are is not known. */
const roughFactor = 2.5;

describe('the estimated size of an index that production does not have', () => {
  let server: TestServer;
  let real: Session;
  let twin: Session;

  beforeAll(async () => {
    server = await TestServer.start(18, 60_000, true);
    const database = await server.database(tables);
    real = await server.sandbox.connect(database, 'owner');
    for (const statement of rows.split(';')) await real.script(statement);
    const known = await exported(server.sandbox, database);
    await real.script(definitions);
    twin = (await twinOf(server.sandbox, await server.database(tables + definitions), known)).session;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function pages(session: Session, name: string): Promise<number> {
    const [row] = await session.query('SELECT pg_relation_size($1::regclass) / 8192.0::float8 AS pages', [
      name,
    ]);
    return Number(row?.['pages']);
  }

  test.each([...indexes.keys()])('is near that of a real one: %s', async (name) => {
    const [actual, estimated] = [await pages(real, name), await pages(twin, name)];
    const factor = /^gi/.test(name) ? roughFactor : tolerance.factor;
    const isNear =
      Math.abs(actual - estimated) <= tolerance.pages ||
      Math.max(actual / estimated, estimated / actual) <= factor;
    expect({ actual, estimated, isNear }).toEqual({ actual, estimated, isNear: true });
  });

  test('is asked for all of them', async () => {
    const { tables: found } = await readCatalogue(twin);
    expect(found.flatMap((table) => table.indexes)).toHaveLength(indexes.size);
  });
});
