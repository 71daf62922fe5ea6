import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { CapturedQuery } from '../../src/model/query.ts';
import { OwnPlaces } from '../../src/workload/capture/own-schemas.ts';
import { MigrationStretches } from '../../src/workload/capture/stretches.ts';
import { TestTransactions } from '../../src/workload/capture/test-transactions.ts';
import { heldIn } from '../../src/workload/log/held.ts';
import { preparedBySql } from '../../src/workload/log/prepared.ts';
import { recognise } from '../../src/workload/recognise.ts';

const captured = (sql: string): CapturedQuery => ({
  sql,
  name: null,
  params: null,
  calls: 1,
  origin: { service: null, route: null, file: null, line: null, test: null },
  trace: 's',
  startedAt: null,
  durationMs: 3,
  rows: 2,
});

const held = (sql: string) => heldIn(captured(sql)).map((each) => each.sql);

describe('what a logged text holds', () => {
  test.each([
    ['DECLARE c CURSOR FOR SELECT 1', ['SELECT 1']],
    ['declare "a b""c" binary insensitive no scroll cursor without hold for\nTABLE t', ['TABLE t']],
    ["COPY (SELECT ')' FROM t) TO STDOUT WITH (FORMAT csv)", ["SELECT ')' FROM t"]],
    ['COPY t (a, b) FROM STDIN', ['COPY t (a, b) FROM STDIN']],
    ["SELECT ';'", ["SELECT ';'"]],
    ["BEGIN; UPDATE t SET a = ';'; COMMIT", ['BEGIN', "UPDATE t SET a = ';'", 'COMMIT']],
    ['SELECT 1; no SQL', ['SELECT 1; no SQL']],
  ])('%s', (sql, expected) => expect(held(sql)).toEqual(expected));

  test('the time of several is that of none, and rows are those of the only query', () => {
    expect(
      heldIn(captured('BEGIN; SELECT 1; COMMIT')).map(({ durationMs, rows }) => [durationMs, rows]),
    ).toEqual([
      [null, null],
      [null, 2],
      [null, null],
    ]);
  });

  test('statements that are put together come apart again', () => {
    const value = fc.string().map((text) => text.replaceAll(/[\0\\']/g, ''));
    const statement = value.map((text) => `SELECT '${text}' FROM t`);
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 5 }), (all) => {
        expect(held(all.join(';'))).toEqual(all);
      }),
    );
  });

  test('any text is taken', () => {
    const begun = fc.constantFrom('', 'COPY (', 'DECLARE c CURSOR FOR ', 'SELECT 1; ');
    fc.assert(fc.property(begun, fc.string(), (before, text) => heldIn(captured(before + text)).length > 0));
  });
});

describe('a statement that was prepared', () => {
  const prepare = 'PREPARE "a q" (numeric(10, 2), text[]) AS SELECT id FROM t WHERE a = $1 AND b = $2';

  test('is what it executes, with its values', () => {
    expect(preparedBySql(`EXECUTE "a q" (1.5, 'it''s')`, `prepare: ${prepare}`)).toEqual({
      sql: 'SELECT id FROM t WHERE a = $1 AND b = $2',
      params: ['1.5', "it's"],
    });
    expect(preparedBySql('EXECUTE "a q" (NULL, now())', `Prepare: ${prepare}`)?.params).toBeNull();
    expect(preparedBySql('EXECUTE "a q" (true, NULL)', `prepare: ${prepare}`)?.params).toEqual([
      'true',
      null,
    ]);
  });

  test('any text is taken', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (sql, detail) => void preparedBySql(sql, `prepare: ${detail}`)),
    );
  });
});

describe('schemas of a suite', () => {
  test.each([
    ['SELECT "test_1"."t"."a" FROM "test_1"."t"', 'SELECT "t"."a" FROM "t"'],
    ['INSERT INTO test_1.t VALUES (1)', 'INSERT INTO t VALUES (1)'],
    ["SELECT 'test_1.t', other.test_1.t", "SELECT 'test_1.t', other.test_1.t"],
    ['SELECT app.t.a FROM app.t', 'SELECT app.t.a FROM app.t'],
  ])('%s', (sql, expected) => {
    const places = new OwnPlaces([], new Set(['app']));
    places.note('CREATE SCHEMA "test_1"');
    places.note('create schema if not exists app');
    expect(places.without(sql)).toBe(expected);
  });

  test('whatever a schema is called, texts without it stay as they are', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.string(), (name, sql) => {
        const places = new OwnPlaces([], new Set());
        places.note(`CREATE SCHEMA "${name.replaceAll('"', '""')}"`);
        if (!sql.includes(name)) expect(places.without(sql)).toBe(sql);
      }),
    );
  });
});

describe('what is told apart in a session', () => {
  const statements = fc.array(
    fc.constantFrom(
      'BEGIN',
      'COMMIT',
      'ROLLBACK',
      'SELECT a FROM t',
      'CREATE TABLE x (id int)',
      'SELECT version FROM schema_migrations',
      'INSERT INTO schema_migrations VALUES (1)',
    ),
    { maxLength: 30 },
  );
  const place = { isOwnDatabase: false, turnsToOwnSchema: false };

  test('what follows the last record of a migration and its transaction is none of it', () => {
    fc.assert(
      fc.property(statements, (sent) => {
        const stretches = new MigrationStretches();
        for (const sql of sent) stretches.add({ trace: 's', sql }, recognise(sql), place);
        const replay = stretches.replay();
        const marked = sent.map(() => replay.isMigration('s'));
        const last = sent.findLastIndex((sql) => sql.includes('schema_migrations'));
        const end = sent.findIndex((sql, index) => index > last && (sql === 'COMMIT' || sql === 'ROLLBACK'));
        expect(marked.slice((end === -1 ? last : end) + 1)).not.toContain(true);
        expect(sent.every((sql, index) => !sql.includes('schema_migrations') || marked[index])).toBe(true);
      }),
    );
  });

  test('every statement of a test lies between its BEGIN and its ROLLBACK', () => {
    fc.assert(
      fc.property(statements, (sent) => {
        const tests = new TestTransactions();
        for (const sql of sent) tests.add({ trace: 's', sql }, recognise(sql));
        const replay = tests.replay();
        const around: string[] = [];
        for (const sql of sent) {
          const found = replay.of('s');
          if (found?.kind === 'around') around.push(sql);
          if (found?.kind === 'within') expect(around.at(-1)).toBe('BEGIN');
        }
        expect(around.filter((_, index) => index % 2 === 1).every((sql) => sql === 'ROLLBACK')).toBe(true);
        expect(around.length % 2).toBe(0);
      }),
    );
  });
});
