import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { committedTransactions } from '../../../src/migrations/sent/transactions.ts';
import { type Message, sendAll } from '../../support/sent.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const insert = (id: number) => `INSERT INTO t VALUES (${id})`;

/** What is sent, each message as text or with its session, and the transactions that remain of it. */
const cases: readonly (readonly [string, readonly (string | Message)[], readonly (readonly string[])[]])[] = [
  ['statements outside of any', [insert(1), insert(2)], [[insert(1)], [insert(2)]]],
  ['BEGIN and COMMIT', ['BEGIN', insert(1), insert(2), 'COMMIT'], [[insert(1), insert(2)]]],
  ['a transaction that is rolled back', ['BEGIN', insert(1), 'ROLLBACK', insert(2)], [[insert(2)]]],
  [
    'a transaction that fails',
    ['BEGIN', insert(1), 'nonsense', insert(2), 'COMMIT', insert(3)],
    [[insert(3)]],
  ],
  ['a transaction that nobody ends', ['BEGIN', insert(1)], []],
  ['a text of several statements', [`${insert(1)};${insert(2)}`], [[insert(1), insert(2)]]],
  [
    'a text of several statements that fails',
    [`${insert(1)}; SELECT 1/0; ${insert(2)}`, insert(3)],
    [[insert(3)]],
  ],
  [
    'a text with transactions',
    [`BEGIN;${insert(1)};COMMIT;${insert(2)};${insert(3)}`],
    [[insert(1)], [insert(2), insert(3)]],
  ],
  [
    'a text with a transaction that fails',
    [`BEGIN;${insert(1)};SELECT 1/0;COMMIT`, 'ROLLBACK', insert(2)],
    [[insert(2)]],
  ],
  [
    'a text that begins what another ends',
    [`BEGIN;${insert(1)}`, `${insert(2)};COMMIT`],
    [[insert(1), insert(2)]],
  ],
  [
    'a savepoint that is rolled back to',
    ['BEGIN', insert(1), 'SAVEPOINT s', insert(2), 'nonsense', 'ROLLBACK TO s', insert(3), 'COMMIT'],
    [[insert(1), insert(3)]],
  ],
  ['a savepoint that is released', ['BEGIN', 'SAVEPOINT s', insert(1), 'RELEASE s', 'COMMIT'], [[insert(1)]]],
  ['a commit that fails', ['BEGIN', insert(1), insert(1), 'COMMIT', insert(2)], [[insert(2)]]],
  [
    'a chain',
    ['BEGIN', insert(1), 'COMMIT AND CHAIN', insert(2), 'ROLLBACK', insert(3)],
    [[insert(1)], [insert(3)]],
  ],
  ['parameters', [['a', 'INSERT INTO t VALUES ($1)', [7]]], [["INSERT INTO t VALUES ('7')"]]],
  [
    'sessions beside each other, in the order of their commits',
    [
      ['a', 'BEGIN'],
      ['b', 'BEGIN'],
      ['a', insert(1)],
      ['b', insert(2)],
      ['b', 'COMMIT'],
      ['a', insert(3)],
      ['a', 'COMMIT'],
    ],
    [[insert(2)], [insert(1), insert(3)]],
  ],
];

/** Sequences of what may go on in two sessions, each message with rows of its own. */
const action = fc.constantFrom(
  ...[
    'BEGIN',
    'COMMIT',
    'ROLLBACK',
    'COMMIT AND CHAIN',
    'SAVEPOINT s',
    'ROLLBACK TO s',
    'RELEASE s',
    'SELECT 1/0',
  ],
  ...[
    '?',
    '?',
    '?',
    '?;?',
    '?;SELECT 1/0',
    'BEGIN;?',
    '?;COMMIT',
    'BEGIN;?;COMMIT;?',
    '?;ROLLBACK',
    'nonsense',
  ],
);
const sequences = fc.array(fc.tuple(fc.constantFrom('a', 'b'), action), { minLength: 1, maxLength: 12 });

/** Gives every `?` a row of its own. */
function numbered(messages: readonly (readonly [string, string])[], from: number): readonly Message[] {
  let id = from;
  return messages.map(([session, text]) => [session, text.replaceAll('?', () => insert(++id))]);
}

const schema = 'CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)';

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** What was committed, by the log and by the rows that are there. */
  async function committed(database: string, messages: readonly Message[]) {
    const transactions = committedTransactions(await sendAll(server.sandbox, database, messages));
    const statements = transactions.map((each) => each.statements.map(({ sql }) => sql));
    await using session = await server.sandbox.connect(database, 'owner');
    const rows = await session.query('DELETE FROM t RETURNING id');
    return { statements, rows: rows.map((row) => Number(row['id'])).toSorted((a, b) => a - b) };
  }

  test.each(cases)('%s', async (_, messages, expected) => {
    const sent = messages.map((each): Message => (typeof each === 'string' ? ['a', each] : each));
    const { statements } = await committed(await server.database(schema), sent);
    expect(statements).toEqual(expected);
  });

  test('whatever is sent, what remains are the rows that are there', async () => {
    const database = await server.database(schema);
    let any = 0;
    for (const [index, sequence] of fc.sample(sequences, 100).entries()) {
      const messages = numbered(sequence, index * 100);
      const { statements, rows } = await committed(database, messages);
      const inserted = statements.flat().filter((sql) => sql.startsWith('INSERT'));
      const ids = inserted.map((sql) => Number(sql.replace(/\D/g, '')));
      expect({ messages, ids: ids.toSorted((a, b) => a - b) }).toEqual({ messages, ids: rows });
      any += rows.length;
    }
    expect(any).toBeGreaterThan(0);
  });
});
