import { expect, test } from '@jest/globals';
import type { Column, Table } from '../../src/model/catalogue.ts';
import { bulkOf } from '../../src/sql/rewrite/bulk.ts';
import { tablesByName } from '../../src/sql/rewrite/sources.ts';

const column = (name: string, type: string): Column => ({
  name,
  number: 1,
  type,
  typeName: type,
  typeKind: 'base',
  length: -1,
  alignment: 8,
  maxLength: null,
  notNull: true,
  default: null,
  identity: false,
  enumLabels: 0,
  collation: null,
});

const orders: Table = {
  oid: 1,
  schema: 'public',
  name: 'orders',
  kind: 'table',
  partitionOf: null,
  columns: [
    column('id', 'bigint'),
    column('status', 'text'),
    column('total', 'numeric(10,2)'),
    column('at', 'timestamp with time zone'),
    column('tags', 'text[]'),
  ],
  indexes: [],
  foreignKeys: [],
};

const many = (sql: string) => bulkOf(sql, tablesByName([orders]))?.many.replaceAll(/\s+/g, ' ') ?? null;

test.each([
  [
    "INSERT INTO orders (id, status, at, total) VALUES ($1, 'new', now(), DEFAULT)",
    'INSERT INTO orders ( id, status, at ) SELECT v.id, v.status, now() FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[])) AS v(id, status)',
  ],
  [
    'INSERT INTO orders (id, total) VALUES ($1, $2::numeric) ON CONFLICT (id) DO NOTHING RETURNING id',
    'INSERT INTO orders ( id, total ) SELECT v.id, v.total FROM unnest(CAST($1 AS bigint[]), CAST($2 AS numeric(10, 2)[])) AS v(id, total) ON CONFLICT (id) DO NOTHING RETURNING id',
  ],
  [
    "UPDATE orders SET status = $2, total = total + $3, at = now() WHERE id = $1 AND status = 'open'",
    'UPDATE orders SET status = v.status_2, total = orders.total + v.total, at = now() FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[]), CAST($3 AS text[]), CAST($4 AS numeric(10, 2)[])) AS v(id, status, status_2, total) WHERE orders.id = v.id AND orders.status = v.status',
  ],
  [
    'DELETE FROM orders o WHERE o.id = 7 AND at < now() RETURNING *',
    'DELETE FROM orders AS o USING unnest(CAST($1 AS bigint[])) AS v(id) WHERE o.id = v.id AND o.at < now() RETURNING o.*',
  ],
])('%s', (one, expected) => {
  expect(many(one)).toBe(expected);
});

test.each([
  'INSERT INTO orders VALUES ($1, $2)',
  'INSERT INTO orders (id, tags) VALUES ($1, $2)',
  'INSERT INTO orders (id, status) VALUES ($1, lower($2))',
  'INSERT INTO orders (id) VALUES ($1), ($2)',
  'UPDATE orders SET status = $1 WHERE id > $2',
  'UPDATE orders SET status = $1',
  'UPDATE elsewhere SET status = $1 WHERE id = $2',
  'SELECT id FROM orders WHERE id = $1',
])('nothing is made of %s', (one) => {
  expect(many(one)).toBeNull();
});
