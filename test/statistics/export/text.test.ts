import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { textToShow } from '../../../src/statistics/export/redact.ts';

/** Where a constant may stand in a query. */
const places: readonly ((constant: string) => string)[] = [
  (constant) => `SELECT ${constant}`,
  (constant) => `SELECT a FROM t WHERE b = ${constant} AND c IN (${constant}, $1)`,
  (constant) => `SELECT a FROM t WHERE b LIKE ${constant} ESCAPE ${constant}`,
  (constant) =>
    `INSERT INTO t (a, b) VALUES (${constant}, 1), (DEFAULT, ${constant}) ON CONFLICT (a) DO UPDATE SET b = ${constant}`,
  (constant) => `UPDATE t SET a = ${constant} WHERE b[1] = ${constant} RETURNING ${constant}`,
  (constant) => `DELETE FROM t USING u WHERE t.a = f(u.b, ${constant})`,
  (constant) =>
    `MERGE INTO t USING (SELECT ${constant} AS a) s ON t.a = s.a WHEN MATCHED THEN UPDATE SET b = ${constant}`,
  (constant) =>
    `WITH x AS (SELECT ${constant} AS y) SELECT CASE WHEN y = ${constant} THEN ${constant} END FROM x ORDER BY y = ${constant}`,
  (constant) => `SELECT a FROM t GROUP BY a, b || ${constant} HAVING max(c) > ${constant}`,
  (constant) => `SELECT a FROM t -- ${constant}\nWHERE b = 1 /* ${constant} /* ${constant} */ */`,
  (constant) =>
    `SELECT substring(a FROM ${constant}), position(${constant} IN a), a SIMILAR TO ${constant} FROM t`,
  (constant) => `SELECT a AT TIME ZONE ${constant}, a::text || ${constant}::text FROM t`,
  (constant) =>
    `SELECT xmlelement(name x, ${constant}), JSON_VALUE(a, '$.x' DEFAULT ${constant} ON EMPTY) FROM t`,
];

describe('a text of pg_stat_statements, redacted', () => {
  test('holds no text, wherever it stands and however it is quoted', () => {
    const quotings: readonly ((word: string) => string)[] = [
      (word) => `'${word}'`,
      (word) => `E'${word}\\n'`,
      (word) => `$$${word}$$`,
      (word) => `$q$'${word}'$q$`,
      (word) => `U&'${word}'`,
      (word) => `'x''${word}'`,
    ];
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.constantFrom(...quotings), (place, quote) => {
        const shown = textToShow(place(quote('sekret')), true);
        expect(shown ?? '').not.toContain('sekret');
      }),
      { numRuns: 500 },
    );
  });

  test.each([
    "SELECT interval '736373' day",
    "SELECT date '7363-07-03', timestamptz '7363-01-01'",
    'SELECT 736373, -736373.5, 7.36373e5, 0x7363',
    "SELECT B'736373', X'7363'",
    'SELECT a FROM t LIMIT 736373 OFFSET 736373',
    'SELECT a FROM t FETCH FIRST 736373 ROWS ONLY',
    'SELECT a[736373], b[7363:7363] FROM t',
    'SELECT a FROM t TABLESAMPLE system (73.6373)',
    'SELECT sum(a) OVER (ROWS BETWEEN 7363 PRECEDING AND CURRENT ROW) FROM t',
    'VALUES (736373), (7363)',
    "SELECT * FROM JSON_TABLE(a, '$.k7363' COLUMNS (b text PATH '$.k7363'))",
    "SELECT * FROM XMLTABLE('/k7363' PASSING a COLUMNS b text PATH 'k7363' DEFAULT '7363')",
    'SELECT a FROM t ORDER BY a COLLATE "C", \'k7363\'',
    "SELECT extract('k7363' FROM a)",
    "SELECT a -> 'k7363' ->> 7363 FROM t",
  ])('holds nothing of %s', (sql) => {
    expect(textToShow(sql, true) ?? '').not.toContain('7363');
  });

  test.each([
    ["SET x = 'sekret'"],
    ["DO $$ BEGIN PERFORM 'sekret'; END $$"],
    ["CALL p('sekret')"],
    ["CREATE TABLE a AS SELECT 'sekret'"],
    ["SELECT 'sekret' INTO a"],
    ["DECLARE c CURSOR FOR SELECT 'sekret'"],
    ["PREPARE p AS SELECT 'sekret'"],
    ["EXPLAIN SELECT 'sekret'"],
    ["COPY (SELECT 'sekret') TO STDOUT"],
    ["ALTER ROLE r PASSWORD 'sekret'"],
    ["SELECT 'sekret"],
    ["SELECT 1; SET x = 'sekret'"],
  ])('is left out where it is no query: %s', (sql) => {
    expect(textToShow(sql, true)).toBeNull();
  });

  test('stays a query with its own parameters', () => {
    expect(textToShow("SELECT a FROM t WHERE b = $1 AND c = 'x' /* y */", true)).toBe(
      'SELECT a FROM t WHERE b = $1 AND c = $2',
    );
    expect(textToShow('SELECT a::numeric(10,2) FROM t', true)).toBe('SELECT a::numeric(10,2) FROM t');
  });

  test('is as it was where nothing is redacted', () => {
    const sql = "SELECT 'x' /* y */";
    expect(textToShow(sql, false)).toBe(sql);
  });
});
