import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Query, unseen } from '../../src/model/query.ts';
import type { Session } from '../../src/model/server.ts';
import { examine } from '../../src/plans/examine.ts';
import { describeResults } from '../../src/plans/results.ts';
import { TestServer, testedVersions } from '../support/server.ts';

function query(sql: string, samples: Query['samples'] = []): Query {
  const parameterCount = new Set(sql.match(/\$\d/g) ?? []).size;
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls: 1,
    parameterCount,
    samples,
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
  };
}

describe.each(testedVersions)('what queries return on PostgreSQL %s', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(`
      CREATE DOMAIN code AS varchar(8);
      CREATE TYPE mood AS ENUM ('good', 'bad');
      CREATE TABLE users (id bigint PRIMARY KEY, email varchar(20) NOT NULL, code code, mood mood);
      CREATE VIEW names AS SELECT email FROM users;
    `);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function shapeOf(sql: string) {
    const examination = await examine(session, [query(sql)], new Map());
    return (await describeResults(session, examination)).get(sql);
  }

  test('with their types, and the columns that they are taken from', async () => {
    const table = 'public.users';
    expect(await shapeOf('SELECT id, email, code, id + 1 AS next FROM users WHERE email = $1')).toEqual({
      parameters: ['text'],
      columns: [
        { name: 'id', type: 'bigint', origin: { table, column: 'id', notNull: true } },
        { name: 'email', type: 'character varying(20)', origin: { table, column: 'email', notNull: true } },
        // The protocol tells the type that a domain is made of.
        { name: 'code', type: 'character varying(8)', origin: { table, column: 'code', notNull: false } },
        { name: 'next', type: 'bigint', origin: null },
      ],
    });
  });

  test('a view is what they are taken from, and tells nothing of NULLs', async () => {
    const shape = await shapeOf('SELECT * FROM names');
    expect(shape?.columns?.map(({ origin }) => origin)).toEqual([
      { table: 'public.names', column: 'email', notNull: false },
    ]);
  });

  test('nothing, and what an INSERT returns', async () => {
    expect(await shapeOf('DELETE FROM users WHERE id = $1')).toEqual({
      parameters: ['bigint'],
      columns: null,
    });
    const returning = await shapeOf('INSERT INTO users (id, email) VALUES ($1, $2) RETURNING *');
    expect(returning?.columns?.map(({ name }) => name)).toEqual(['id', 'email', 'code', 'mood']);
  });

  test('parameters that only casts of ours give a type to are left open', async () => {
    const shape = await shapeOf('SELECT $1 IS NULL AS missing');
    expect(shape?.parameters).toBeNull();
    expect(shape?.columns).toHaveLength(1);
  });

  test('values that a query refuses, although it takes others', async () => {
    const sql = 'SELECT id FROM users WHERE mood = $1';
    const { refusedValues, planned } = await examine(session, [query(sql, [['good'], ['fair']])], new Map());
    expect(planned.has(sql)).toBe(true);
    expect(refusedValues.get(sql)).toMatchObject([{ values: ['fair'], error: { sqlstate: '22P02' } }]);
  });
});
