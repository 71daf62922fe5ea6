import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fingerprintOf } from '../../src/sql/fingerprint.ts';
import { parse } from '../../src/sql/grammar.ts';
import { statementsOf } from '../../src/sql/statements.ts';
import { withoutConstants } from '../../src/sql/without-constants.ts';

function fingerprint(sql: string): string | null {
  const parsed = parse(sql);
  return parsed.kind === 'parsed' ? fingerprintOf(parsed.value.stmts?.map(({ stmt }) => stmt)) : null;
}

/** All queries of the rules' examples. */
async function written(): Promise<readonly string[]> {
  const rules = join(import.meta.dirname, '..', 'rules');
  const files: string[] = [];
  for await (const file of glob('**/*.sql', { cwd: rules })) files.push(file);
  return files.flatMap((file) => {
    const parsed = statementsOf(readFileSync(join(rules, file), 'utf8'));
    return parsed.kind === 'parsed' ? parsed.value.map(({ sql }) => sql) : [];
  });
}

describe('a query without its constants', () => {
  test('has the shape that it had, and mostly is read without the grammar', async () => {
    const all = (await written()).filter((sql) =>
      /^\s*(?:select|insert|update|delete|with|merge)\b/i.test(sql),
    );
    const read = all.flatMap((sql) => {
      const other = withoutConstants(sql);
      return other === null ? [] : [[sql, other.text] as const];
    });
    for (const [sql, other] of read) expect([sql, fingerprint(other)]).toEqual([sql, fingerprint(sql)]);
    expect(all.length).toBeGreaterThan(100);
    expect(read.length / all.length).toBeGreaterThan(0.9);
  });

  test.each([
    ["SELECT 'it''s', 1, 2.5, -3, $1 FROM t1", "SELECT 'x', 1, 1.0, -1, $1 FROM t1"],
    ['SELECT 1 FROM t WHERE a IN (1, 2, -3)', 'SELECT 1 FROM t WHERE a IN (1)'],
    ["SELECT 1 FROM t WHERE a = ANY (ARRAY['a','b'])", "SELECT 1 FROM t WHERE a = ANY (ARRAY['x'])"],
    ["INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, 'b')", "INSERT INTO t VALUES (1,'x'),(1,NULL)"],
    ["SELECT $a$ it's $a$ -- 'no\n/* 'no' /* 1 */ */ , 2", "SELECT 'x'  \n  , 1"],
    [
      'SELECT a, count(*) FROM t WHERE b = 7 GROUP BY 1 ORDER BY 2',
      'SELECT a, count(*) FROM t WHERE b = 1 GROUP BY 1 ORDER BY 2',
    ],
  ])('%s', (sql, other) => {
    expect(withoutConstants(sql)?.text).toBe(other);
  });

  test.each([
    "SELECT E'\\'' FROM t",
    "SELECT U&'\\0061'",
    'SELECT 0x1F',
    "SELECT B'1'",
    'SELECT a::float(3) FROM t',
    'SELECT a::int[3] FROM t',
    'SELECT current_timestamp(3)',
    "SELECT 'unterminated",
    'SELECT /* unterminated',
    'CREATE TABLE t (a varchar(3))',
    'SELECT 1a',
  ])('%s is left to the grammar', (sql) => {
    expect(withoutConstants(sql)).toBeNull();
  });

  test('texts that differ in what is no constant stay different', () => {
    const texts = [
      'SELECT a FROM t ORDER BY 1',
      'SELECT a FROM t ORDER BY 2',
      'SELECT a FROM t ORDER BY (2)',
      'SELECT a FROM t ORDER BY\n                                              3',
      'SELECT a FROM t ORDER BY /* c */ 4',
      'SELECT a FROM t ORDER BY -- c\n 5',
      'SELECT a FROM t1',
      'SELECT a FROM t2',
      'SELECT f(1)',
      'SELECT f(1, 1)',
    ];
    for (const sql of texts) {
      expect(fingerprint(withoutConstants(sql)?.text ?? sql)).toBe(fingerprint(sql));
    }
    expect(new Set(texts.map((sql) => withoutConstants(sql)?.text ?? sql)).size).toBe(texts.length);
  });

  test('any constants, in any of their places', () => {
    const constant = fc.oneof(
      fc
        .string({ unit: 'binary' })
        .filter((text) => !text.includes('\0'))
        .map((text) => `'${text.replaceAll("'", "''")}'`),
      fc.stringMatching(/^[a-z '"\\-]*$/).map((text) => `$q$${text}$q$`),
      fc.integer().map(String),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
      fc.constantFrom('NULL', 'true', '$1', '/* 1 */ 2', "E'\\''", '.5', '1e3', '99999999999999999999'),
    );
    const list = fc.array(constant, { minLength: 1, maxLength: 4 }).map((each) => each.join(', '));
    const query = fc.oneof(
      list.map((each) => `SELECT * FROM t1 WHERE a IN (${each}) AND b = 5 LIMIT 3`),
      list.map((each) => `SELECT ${each} FROM "t'2" WHERE x > ANY (ARRAY[${each}]) ORDER BY ${each}`),
      fc
        .array(list, { minLength: 1, maxLength: 3 })
        .map(
          (rows) => `INSERT INTO t VALUES ${rows.map((row) => `(${row})`).join(',')} ON CONFLICT DO NOTHING`,
        ),
      constant.map(
        (each) =>
          `WITH c AS (SELECT a, ${each} FROM t GROUP BY ${each}) UPDATE c SET a = ${each}::numeric(10, 2)`,
      ),
      constant.map(
        (each) =>
          `SELECT a FROM t WHERE d > now() - interval '1 day' AND e = ${each} -- ${each.replaceAll(/[\r\n]/g, ' ')}`,
      ),
    );
    fc.assert(
      fc.property(query, (sql) => {
        const other = withoutConstants(sql);
        if (other !== null) expect(fingerprint(other.text)).toBe(fingerprint(sql));
      }),
      { numRuns: 2_000 },
    );
  });

  test('no text brings it down', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void withoutConstants(`SELECT ${text}`)));
  });

  test('a constant of ten megabytes and a list of a million take no time to speak of', () => {
    const long = 'y'.repeat(10 * 1024 ** 2);
    expect(withoutConstants(`INSERT INTO t VALUES ('${long}')`)?.text).toBe("INSERT INTO t VALUES ('x')");
    const list = Array.from({ length: 1_000_000 }, (_, index) => index).join();
    expect(withoutConstants(`SELECT 1 FROM t WHERE a IN (${list})`)?.text).toBe(
      'SELECT 1 FROM t WHERE a IN (1)',
    );
  });
});
