import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type References, referencesIn } from '../../src/sql/references.ts';

function inShort({ relations, columns, ordered, insert }: References) {
  const named = (each: References['columns'][number]) =>
    each.qualifier === null ? each.column : `${each.qualifier}.${each.column}`;
  return {
    relations: relations.map(({ schema, name, alias }) => `${schema ?? ''}.${name} ${alias}`),
    columns: columns.map(named),
    ordered: ordered.map(named),
    insert: insert === null ? null : insert.columns,
  };
}

describe('what a query names', () => {
  test.each([
    [
      'columns of tables by alias',
      'SELECT o.id FROM shop.orders o JOIN lines USING (id) WHERE o.status = $1',
      { relations: ['shop.orders o', '.lines lines'], columns: ['o.id', 'o.status'] },
    ],
    ['all columns', 'SELECT * FROM orders', { relations: ['.orders orders'], columns: ['*'] }],
    ['a row as a whole', 'SELECT row_to_json(o) FROM orders o', { columns: ['o', 'o.*'] }],
    ['no columns by counting', 'SELECT count(*) FROM orders', { columns: [] }],
    ['no names of its results', 'SELECT id AS status FROM orders', { columns: ['id', 'id.*'] }],
    [
      'no common table expressions',
      'WITH o AS (SELECT o.id FROM orders) SELECT 1 FROM o',
      { relations: ['.orders orders'] },
    ],
    [
      'what is written',
      'INSERT INTO orders (a, b) VALUES (1, 2) ON CONFLICT (a) DO UPDATE SET b = 3',
      { relations: ['.orders orders'], columns: ['a', 'b', 'b', 'a'], insert: ['a', 'b'] },
    ],
    ['rows of all columns', 'INSERT INTO orders VALUES (1)', { columns: ['*'], insert: null }],
    ['what is set', 'UPDATE orders SET status = $1', { relations: ['.orders orders'], columns: ['status'] }],
    ['where rows are deleted', 'DELETE FROM orders o', { relations: ['.orders o'] }],
    ['what sorts', 'SELECT 1 FROM t ORDER BY t.a', { ordered: ['t.a'] }],
    ['what groups', 'SELECT 1 FROM t GROUP BY t.a', { ordered: ['t.a'] }],
    ['what is compared by order', 'SELECT 1 FROM t WHERE t.a > $1 AND t.b = $2', { ordered: ['t.a'] }],
    [
      'patterns and ranges',
      "SELECT 1 FROM t WHERE t.a LIKE 'x%' AND t.b BETWEEN 1 AND 2",
      { ordered: ['t.a', 't.b'] },
    ],
    ['the least', 'SELECT min(t.a) FROM t', { ordered: ['t.a'] }],
  ])('%s', (_, sql, expected) => expect(inShort(referencesIn(sql))).toMatchObject(expected));

  test('is nothing where it cannot be read', () =>
    fc.assert(fc.property(fc.string(), (text) => expect(referencesIn(`${text} (`).relations).toEqual([]))));
});
