import { expect, test } from '@jest/globals';
import { shapeOf } from '../../src/sql/shape.ts';

test.each([
  ['SELECT * FROM t', true, null],
  ['SELECT t.*, 1 FROM t', true, null],
  ['SELECT a, b FROM t', false, 2],
  ['SELECT count(*) FROM t', false, 1],
  ['WITH x AS (SELECT a FROM t) SELECT * FROM x', false, null],
  ['SELECT * FROM (SELECT a FROM t) x', false, null],
  ['SELECT x.* FROM (SELECT * FROM t) x', true, null],
  ['SELECT a FROM t UNION SELECT * FROM u', false, 1],
  ['INSERT INTO t VALUES (1)', false, 0],
  ['INSERT INTO t VALUES (1) RETURNING *', true, null],
  ['UPDATE t SET a = 1 RETURNING a, b', false, 2],
  ['no sql', false, null],
])('%s', (sql, selectsStar, columns) => {
  expect(shapeOf(sql)).toEqual({ selectsStar, columns });
});
