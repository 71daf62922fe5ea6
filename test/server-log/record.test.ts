import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseParameters } from '../../src/server-log/parameters.ts';
import { withLiterals } from '../../src/sql/literals.ts';
import { type Message, sendAll } from '../support/sent.ts';
import { TestServer, testedVersions } from '../support/server.ts';

/** PostgreSQL's text holds any character but that of code 0, and no half of a pair. */
const value = fc.option(
  fc
    .string({
      unit: fc.oneof(
        fc.constantFrom("'", ',', '$', ' = ', '\n', '\\', 'NULL'),
        fc.string({ unit: 'binary' }),
      ),
    })
    .map((text) => text.replaceAll('\0', '')),
);
const samples = fc.sample(fc.array(value, { minLength: 1, maxLength: 4 }), 50);

describe.each(testedVersions)('the log of PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const textOf = (values: readonly unknown[]) =>
    `SELECT ${values.map((_, i) => `$${i + 1}::text AS "ä${i}"`).join()}`;

  test('gives back texts and parameters', async () => {
    const messages = samples.map((values): Message => ['a', textOf(values), values]);
    const sent = await sendAll(server.sandbox, await server.database(), messages);
    expect(sent.map(({ text, parameters }) => [text, parameters])).toEqual(
      samples.map((values) => [textOf(values), values]),
    );
  });

  test('has parameters that mean the same as literals', async () => {
    await using session = await server.session();
    for (const values of samples) {
      const [row] = await session.query(withLiterals(textOf(values), values));
      expect(Object.values(row ?? {})).toEqual(values);
    }
  });

  test('tells what failed, be it while it was prepared or at the end of its transaction', async () => {
    const messages: readonly Message[] = [
      ['a', 'CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)'],
      ['a', 'SELECT 1; SELECT 1/0; SELECT 2'],
      ['a', 'SELECT nothing'],
      ['a', 'INSERT INTO t VALUES ($1)', ['one']],
      ['a', 'INSERT INTO t VALUES ($1)', [1]],
      ['a', 'INSERT INTO t VALUES ($1)', ['two']],
      ['a', 'BEGIN'],
      ['a', 'INSERT INTO t VALUES (1)'],
      ['a', 'COMMIT'],
      ['a', 'SELECT 3'],
    ];
    const sent = await sendAll(server.sandbox, await server.database(), messages);
    expect(sent.map(({ text, failed }) => `${failed ? '!' : ''}${text}`)).toEqual([
      'CREATE TABLE t (id int UNIQUE DEFERRABLE INITIALLY DEFERRED)',
      '!SELECT 1; SELECT 1/0; SELECT 2',
      '!SELECT nothing',
      '!INSERT INTO t VALUES ($1)',
      'INSERT INTO t VALUES ($1)',
      '!INSERT INTO t VALUES ($1)',
      'BEGIN',
      'INSERT INTO t VALUES (1)',
      '!COMMIT',
      'SELECT 3',
    ]);
  });

  test('is of one database, and only while it is recorded', async () => {
    const database = await server.database();
    await sendAll(server.sandbox, database, [['a', 'SELECT 1']]);
    await using other = await server.session('SELECT 2');
    await other.query('SELECT 2');
    await using same = await server.sandbox.connect(database, 'owner');
    await same.query('SELECT 3');
    const sent = await sendAll(server.sandbox, database, [['a', 'SELECT 4']]);
    expect(sent.map(({ text }) => text)).toEqual(['SELECT 4']);
  });
});

test('details that are no parameters hold none', () => {
  expect(parseParameters('prepare: PREPARE a AS SELECT 1')).toEqual([]);
  expect(parseParameters('')).toEqual([]);
});
