import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parseSQLFile, queryASTToIR } from '@pgtyped/parser';
import { PreparedQuery } from '@pgtyped/runtime';
import { readSqlFile } from '../../../src/workload/formats/query-files.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

const schema = readFileSync(
  join(import.meta.dirname, '..', '..', 'fixtures', 'captures', 'libraries', 'schema.sql'),
  'utf8',
);

const file = `
/* @name FindOrder */
SELECT * FROM orders WHERE id = :id!;

/*
  @name OrdersByIds
  @param ids -> (...)
*/
SELECT * FROM orders WHERE id IN :ids AND status = :status;

/*
  @name InsertOrders
  @param orders -> ((id!, status)...)
*/
INSERT INTO orders (id, status) VALUES :orders RETURNING id;

/*
  @name InsertOrder
  @param order -> (id, status)
*/
INSERT INTO orders (id, status) VALUES :order, (:other, ':no');

/* @name OrdersByTags */
SELECT id FROM orders WHERE tags && :tags::text[] AND notes->>'a' = :a AND placed > now() - :age::interval;
`;

const values = {
  FindOrder: { id: 1 },
  OrdersByIds: { ids: [1, 2, 3], status: 'new' },
  InsertOrders: {
    orders: [
      { id: 50, status: 'a' },
      { id: 51, status: null },
    ],
  },
  InsertOrder: { order: { id: 52, status: 'a' }, other: 53 },
  OrdersByTags: { tags: ['a'], a: 'b', age: '1 day' },
} as const;

test('what pgtyped sends of a file is what is read from it', async () => {
  await using server = await TestServer.start(18);
  await using session = await server.session(schema);
  const sent: string[] = [];
  const connection = {
    query: async (sql: string, params: unknown[]) => {
      sent.push(JSON.stringify({ sql, params }));
      const rows = await session.query(sql, params);
      return { rows: [...rows], rowCount: rows.length };
    },
  };
  const byName = new Map(parseSQLFile(file).queries.map((query) => [query.name, query]));
  for (const [name, parameters] of Object.entries(values)) {
    const query = byName.get(name);
    if (query === undefined) throw new Error(`pgtyped knows no ${name}`);
    await new PreparedQuery<object, object>(queryASTToIR(query)).run(parameters, connection);
  }
  using project = new TestProject({ 'orders.sql': file, 'sent.ndjson': sent.join('\n') });
  const { queries, unchecked } = await readWorkload(project.root, ['orders.sql', 'sent.ndjson']);
  expect(unchecked).toEqual([]);
  // A list of several rows is another shape than one row; all else is the same query.
  const found = queries.filter(({ name }) => name !== null);
  expect(found.map(({ name }) => name)).toEqual(Object.keys(values));
  const calls = new Map(found.map(({ name, calls: count }) => [name, count]));
  for (const name of ['FindOrder', 'OrdersByIds', 'InsertOrder', 'OrdersByTags'])
    expect(calls.get(name)).toBe(2);
  // PostgreSQL reads each of them, with parameters from $1 on.
  for (const [index, { sql }] of found.entries()) await session.script(`PREPARE p${index} AS ${sql}`);
});

function namesAndTexts(text: string): readonly (readonly [string | null, string])[] {
  return readSqlFile('q.sql', text).flatMap((entry) =>
    'sql' in entry ? [[entry.name, entry.sql] as const] : [],
  );
}

test('sqlc: parameters by name, and tables that are embedded', () => {
  const text = `
-- name: GetStudent :one
SELECT sqlc.embed(students), sqlc.embed("Tests") FROM students JOIN "Tests" ON true WHERE students.id = @id;
-- name: ListByIds :many
SELECT id FROM students WHERE id = ANY(sqlc.slice('ids')) AND (name = sqlc.narg('name')::text OR sqlc.narg('name') IS NULL);
-- name: Copy :copyfrom
INSERT INTO students (id, name) VALUES ($1, $2);
`;
  expect(namesAndTexts(text)).toEqual([
    ['GetStudent', 'SELECT students.*, "Tests".* FROM students JOIN "Tests" ON true WHERE students.id = $1'],
    ['ListByIds', 'SELECT id FROM students WHERE id = ANY($1) AND (name = $2::text OR $2 IS NULL)'],
    ['Copy', 'INSERT INTO students (id, name) VALUES ($1, $2)'],
  ]);
});

test('aiosql, yesql and HugSQL: names with signs behind them, and each statement with numbers of its own', () => {
  const text = `
-- name: get_user_by_id(id)^
-- Finds one.
SELECT * FROM users WHERE id = :id;
-- name: count_users$
SELECT count(*) FROM users WHERE created > :since::date AND name = ':no';
-- name: insert_user<!
INSERT INTO users (id) VALUES (:id) RETURNING id;
-- name: insert_many*!
INSERT INTO users (id, name) VALUES (:id, :name);
-- :name find-users :? :*
SELECT * FROM users WHERE name = :name AND id = :id;
`;
  expect(namesAndTexts(text)).toEqual([
    ['get_user_by_id', 'SELECT * FROM users WHERE id = $1'],
    ['count_users', "SELECT count(*) FROM users WHERE created > $1::date AND name = ':no'"],
    ['insert_user', 'INSERT INTO users (id) VALUES ($1) RETURNING id'],
    ['insert_many', 'INSERT INTO users (id, name) VALUES ($1, $2)'],
    ['find-users', 'SELECT * FROM users WHERE name = $1 AND id = $2'],
  ]);
});

test('a name that is sent along with a query, as sqlc has it sent, is its name in the workload', async () => {
  const sent = [
    { sql: '-- name: GetAuthor :one\nSELECT * FROM authors\nWHERE id = $1', params: [1] },
    { sql: "/* trace */ SELECT '-- name: no :one' FROM authors" },
  ];
  using project = new TestProject({ 'w.ndjson': sent.map((each) => JSON.stringify(each)).join('\n') });
  const { queries } = await readWorkload(project.root, ['w.ndjson']);
  expect(queries.map(({ name }) => name)).toEqual(['GetAuthor', null]);
});
