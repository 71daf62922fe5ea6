import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Session, StatementFailed } from '../../src/model/server.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const int8 = 20;
const text = 25;

describe.each(testedVersions)('what PostgreSQL %s says of a statement that it has not run', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(`
      CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL);
      CREATE TABLE sent (id bigint);
    `);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  test('its parameters and columns, and where they come from', async () => {
    const described = await session.describe(
      'SELECT id, email, email || $2 AS longer FROM users WHERE id = $1',
    );
    expect(described.parameters).toEqual([int8, text]);
    const [id, email, longer] = described.columns ?? [];
    expect(id).toMatchObject({ name: 'id', type: int8, modifier: -1, number: 1 });
    expect(email).toMatchObject({ name: 'email', type: text, number: 2, relation: id?.relation });
    expect(longer).toMatchObject({ name: 'longer', relation: 0, number: 0 });
  });

  test('a statement that returns nothing is not run', async () => {
    expect(await session.describe('INSERT INTO sent VALUES ($1)')).toEqual({
      parameters: [int8],
      columns: null,
    });
    expect(await session.query('SELECT count(*)::int AS count FROM sent')).toEqual([{ count: 0 }]);
  });

  test('many at once, each gets its own answer, and errors only their own', async () => {
    const texts = Array.from({ length: 300 }, (_, index) =>
      index % 3 === 0
        ? `SELECT nothing_${index} FROM users`
        : `SELECT ${index} AS number_${index} WHERE $1::${index % 2 === 0 ? 'bigint' : 'text'} IS NULL`,
    );
    const answers = await Promise.allSettled(texts.map((sql) => session.describe(sql)));
    for (const [index, answer] of answers.entries()) {
      if (index % 3 === 0) {
        expect(answer).toMatchObject({ status: 'rejected', reason: { error: { sqlstate: '42703' } } });
      } else {
        const value = { parameters: [index % 2 === 0 ? int8 : text], columns: [{ name: `number_${index}` }] };
        expect(answer).toMatchObject({ status: 'fulfilled', value });
      }
    }
    expect(await session.query('SELECT $1::int AS one', [1])).toEqual([{ one: 1 }]);
  });

  test('a second statement in the text is refused', async () => {
    await expect(session.describe('SELECT 1; DROP TABLE users')).rejects.toThrow(StatementFailed);
  });

  test('what is prepared fails once the result is another, in the words that rules use', async () => {
    const name = await server.database('CREATE TABLE orders (id bigint PRIMARY KEY, code varchar(20))');
    await using running = await server.sandbox.connect(name, 'owner');
    await using deploying = await server.sandbox.connect(name, 'owner');
    await running.query('PREPARE listed AS SELECT * FROM orders');
    await running.query('PREPARE named AS SELECT code FROM orders');
    await running.query('PREPARE counted AS SELECT count(*) FROM orders');
    const refusal = { error: { sqlstate: '0A000', message: 'cached plan must not change result type' } };
    await deploying.script('ALTER TABLE orders ADD COLUMN note text');
    await expect(running.query('EXECUTE listed')).rejects.toMatchObject(refusal);
    expect(await running.query('EXECUTE named')).toEqual([]);
    // A type that is only wider is another result type, too.
    await deploying.script('ALTER TABLE orders ALTER code TYPE varchar(40)');
    await expect(running.query('EXECUTE named')).rejects.toMatchObject(refusal);
    expect(await running.query('EXECUTE counted')).toEqual([{ count: '0' }]);
    // A transaction does not outlive it.
    await running.query('BEGIN');
    await expect(running.query('EXECUTE listed')).rejects.toMatchObject(refusal);
    await expect(running.query('SELECT 1')).rejects.toMatchObject({ error: { sqlstate: '25P02' } });
    await running.query('ROLLBACK');
  });
});
