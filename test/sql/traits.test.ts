import { describe, expect, test } from '@jest/globals';
import { parse } from '../../src/sql/grammar.ts';
import { type QueryTraits, traitsOf } from '../../src/sql/traits.ts';

function traits(sql: string): QueryTraits {
  const parsed = parse(sql);
  const statement = parsed.kind === 'parsed' ? parsed.value.stmts?.[0]?.stmt : undefined;
  if (statement === undefined) throw new Error(sql);
  return traitsOf(statement);
}

describe('offset of the outermost SELECT', () => {
  test.each<readonly [sql: string, offset: QueryTraits['offset']]>([
    ['SELECT FROM t', null],
    ['SELECT FROM t LIMIT 5', null],
    ['SELECT FROM t LIMIT 5 OFFSET 0', { kind: 'constant', rows: 0 }],
    ['SELECT FROM t OFFSET 500 LIMIT 5', { kind: 'constant', rows: 500 }],
    ["SELECT FROM t LIMIT 5 OFFSET '500'::bigint", { kind: 'constant', rows: 500 }],
    ['SELECT FROM t LIMIT 5 OFFSET 3000000000', { kind: 'constant', rows: 3e9 }],
    ['SELECT FROM t OFFSET 7 ROWS FETCH FIRST ROW ONLY', { kind: 'constant', rows: 7 }],
    ['SELECT FROM t LIMIT $1 OFFSET $2', { kind: 'parameter', number: 2 }],
    ['SELECT FROM t OFFSET ($1 - 1) * 20', { kind: 'expression' }],
    ['SELECT FROM (SELECT FROM t OFFSET 9) s', null],
    ['SELECT FROM t UNION SELECT FROM u OFFSET 9', { kind: 'constant', rows: 9 }],
  ])('%s', (sql, offset) => expect(traits(sql).offset).toEqual(offset));
});

describe('NOT IN of a subquery', () => {
  test.each<readonly [sql: string, found: readonly (readonly [string | null, string])[]]>([
    ['SELECT FROM t WHERE a NOT IN (SELECT b FROM u)', [['b', 'as stored']]],
    ['SELECT FROM t WHERE NOT a IN (SELECT x.b FROM u x)', [['b', 'as stored']]],
    ['SELECT FROM t WHERE NOT (a = ANY (SELECT b FROM u))', [['b', 'as stored']]],
    ['SELECT FROM t WHERE a <> ALL (SELECT b FROM u)', [['b', 'as stored']]],
    ['SELECT FROM t WHERE a NOT IN (SELECT b FROM u WHERE b IS NOT NULL AND c)', [['b', 'left out']]],
    ['SELECT FROM t WHERE a NOT IN (SELECT b FROM u WHERE c IS NOT NULL)', [['b', 'as stored']]],
    ['SELECT FROM t WHERE a NOT IN (SELECT u.b FROM x LEFT JOIN u ON true)', [['b', 'made by a join']]],
    ['SELECT FROM t WHERE a NOT IN (SELECT b + 1 FROM u)', [[null, 'as stored']]],
    ['SELECT FROM t WHERE a IN (SELECT b FROM u)', []],
    ['SELECT FROM t WHERE a NOT IN (1, 2)', []],
    ['SELECT FROM t WHERE NOT EXISTS (SELECT b FROM u)', []],
    ['SELECT FROM t WHERE a > ALL (SELECT b FROM u)', []],
    ['SELECT FROM t WHERE NOT (a > ANY (SELECT b FROM u))', []],
  ])('%s', (sql, found) => {
    const { notIn } = traits(sql);
    expect(notIn.map(({ column, nulls }) => [column?.column ?? null, nulls])).toEqual(found);
  });
});

test.each<readonly [sql: string, expected: Partial<QueryTraits>]>([
  ['SELECT FROM t WHERE a = NULL', { nullComparisons: [{ operator: '=', column: 'a' }] }],
  ['SELECT FROM t WHERE NULL <> t.a', { nullComparisons: [{ operator: '<>', column: 't.a' }] }],
  ['SELECT FROM t WHERE a = NULL::int', { nullComparisons: [{ operator: '=', column: 'a' }] }],
  ['UPDATE t SET a = NULL', { nullComparisons: [], writesAll: 'UPDATE' }],
  ['SELECT FROM t WHERE a IS NOT DISTINCT FROM NULL', { nullComparisons: [] }],
  ['SELECT FROM t WHERE a > NULL', { nullComparisons: [] }],
  ['DELETE FROM t', { writesAll: 'DELETE' }],
  ['DELETE FROM t USING u', { writesAll: null }],
  ['UPDATE t SET a = 1 FROM u', { writesAll: null }],
  ['UPDATE t SET a = 1 WHERE true', { writesAll: null }],
  ['SELECT FROM t WHERE a IN (1, 2, 3) OR b NOT IN (1, 2)', { lists: [3, 2] }],
  ['SELECT FROM t WHERE a = ANY (ARRAY[1, 2, 3])', { lists: [] }],
  ['SELECT FROM t ORDER BY random()', { sortsAtRandom: true }],
  ['SELECT FROM (SELECT FROM t ORDER BY pg_catalog.random() LIMIT 1) s', { sortsAtRandom: true }],
  ['SELECT random() FROM t ORDER BY a', { sortsAtRandom: false }],
  ['INSERT INTO t VALUES (1)', { insertsUnnamed: true }],
  ['INSERT INTO t (a) VALUES (1)', { insertsUnnamed: false }],
  ['INSERT INTO t DEFAULT VALUES', { insertsUnnamed: false }],
  ["SELECT FROM t WHERE a::date = b AND date_trunc('day', c) = $1::date", { casts: new Set(['a']) }],
])('%s', (sql, expected) => {
  expect(traits(sql)).toMatchObject(expected);
});
