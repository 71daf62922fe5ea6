import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { numberParameters } from '../../src/sql/named-parameters.ts';

describe('names of parameters become numbers', () => {
  test.each([
    ['SELECT * FROM t WHERE a = :id AND b = :name OR c = :id', '$1 $2 $1'],
    ['SELECT :id::int', '$1'],
    ["SELECT a::text, ':no', E'it\\' :no', \":no\", $$ :no $$, $x$ :no $x$ -- :no\n/* :no */ FROM t", ''],
    ['SELECT a[1:n] FROM t WHERE b = :p!', '$1'],
    ['SELECT f(x := 1)', ''],
  ])('%s', (sql, expected) => {
    const numbered = numberParameters(sql, 'colon').sql;
    expect([...numbered.matchAll(/\$\d/g)].join(' ')).toBe(expected);
  });

  test.each([
    ["SELECT * FROM t WHERE a = @id AND b = sqlc.arg(name) AND c = ANY(sqlc.slice('ids'))", 3],
    ["SELECT * FROM t WHERE tags @> '{a}' AND a = @id", 1],
    ['SELECT @ -5', 0],
  ])('%s', (sql, count) => {
    expect(numberParameters(sql, 'sqlc').names).toHaveLength(count);
  });

  test('lines stay where they are, and what is quoted stays as it is', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constant(':a'),
            fc.constant('\n'),
            fc.string().map((text) => `'${text.replaceAll("'", "''")}'`),
            fc.string().map((text) => `"${text.replaceAll('"', '""')}"`),
            fc.constant(' = '),
          ),
        ),
        (tokens) => {
          const { sql } = numberParameters(tokens.join(' '), 'colon');
          expect(sql).toBe(tokens.map((token) => (token === ':a' ? '$1' : token)).join(' '));
        },
      ),
    );
  });
});
