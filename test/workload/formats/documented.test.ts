import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Query } from '../../../src/model/query.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';

/** Records as the documentation of libraries has them that cannot be run here. */

async function queriesIn(name: string, text: string): Promise<readonly Query[]> {
  using project = new TestProject({ [name]: text });
  return (await readWorkload(project.root, [name])).queries;
}

interface Documented {
  readonly text: string;
  readonly sql: string;
  readonly params?: readonly unknown[];
  readonly origin?: object;
  readonly file?: string;
}

const cases: Readonly<Record<string, Documented>> = {
  'prisma, an event': {
    text: '{"timestamp":"2026-11-20T09:14:02.497Z","query":"SELECT \\"public\\".\\"User\\".\\"id\\" FROM \\"public\\".\\"User\\" WHERE \\"id\\" = $1","params":"[1]","duration":2,"target":"quaint::connector::metrics"}',
    sql: 'SELECT "public"."User"."id" FROM "public"."User" WHERE "id" = $1',
    params: [1],
  },
  'prisma, printed': {
    text: 'Server ready\nprisma:query SELECT "public"."User"."id" FROM "public"."User" WHERE "id" = $1',
    sql: 'SELECT "public"."User"."id" FROM "public"."User" WHERE "id" = $1',
  },
  sequelize: {
    text: 'Executing (default): SELECT "id" FROM "users" WHERE "id" = $1; "42"',
    sql: 'SELECT "id" FROM "users" WHERE "id" = $1',
    params: ['42'],
  },
  'sequelize with benchmark': {
    text: 'Executed (default): SELECT "id" FROM "users" WHERE "id" = 4; Elapsed time: 2ms',
    sql: 'SELECT "id" FROM "users" WHERE "id" = 4',
  },
  rails: {
    text: 'Started GET "/users/1"\n  User Load (0.5ms)  SELECT "users".* FROM "users" WHERE "users"."id" = $1 LIMIT $2  [["id", 1], ["LIMIT", 1]]\n  ↳ app/controllers/users_controller.rb:4:in `show\'\nCompleted 200 OK',
    sql: 'SELECT "users".* FROM "users" WHERE "users"."id" = $1 LIMIT $2',
    params: [1, 1],
    origin: { file: 'app/controllers/users_controller.rb', line: 4 },
  },
  django: {
    text: `(0.001) SELECT "app_user"."id" FROM "app_user" WHERE "app_user"."id" = 1; args=(1,); alias=default`,
    sql: 'SELECT "app_user"."id" FROM "app_user" WHERE "app_user"."id" = 1',
  },
  sqlalchemy: {
    text: "2026-11-20 09:14:02,497 INFO sqlalchemy.engine.Engine SELECT users.id \nFROM users \nWHERE users.id = %(id_1)s\n2026-11-20 09:14:02,498 INFO sqlalchemy.engine.Engine [generated in 0.0001s] {'id_1': 1}",
    sql: 'SELECT users.id \nFROM users \nWHERE users.id = $1',
    params: [1],
  },
  hibernate: {
    text: '09:14:02 DEBUG org.hibernate.SQL : select u.id from users u where u.name=? and u.age>?\n09:14:02 TRACE org.hibernate.orm.jdbc.bind : binding parameter (1:VARCHAR) <- [Ada]\n09:14:02 TRACE org.hibernate.orm.jdbc.bind : binding parameter (2:INTEGER) <- [3]',
    sql: 'select u.id from users u where u.name=$1 and u.age>$2',
    params: ['Ada', '3'],
  },
  p6spy: {
    text: "1700000000000|3|statement|connection 0|url jdbc:postgresql://db/app|select id from users where name=?|select id from users where name='a|b'",
    sql: "select id from users where name='a|b'",
  },
  'ef core': {
    text: 'info: Microsoft.EntityFrameworkCore.Database.Command[20101]\n      Executed DbCommand (2ms) [Parameters=[@__id_0=\'1\'], CommandType=\'Text\', CommandTimeout=\'30\']\n      SELECT u."Id"\n      FROM "Users" AS u\n      WHERE u."Id" = @__id_0\ninfo: done',
    sql: 'SELECT u."Id"\nFROM "Users" AS u\nWHERE u."Id" = $1',
    params: ['1'],
  },
  gorm: {
    text: '2026/11/20 09:14:02 /app/users.go:31\n[0.511ms] [rows:1] SELECT * FROM "users" WHERE id = 1',
    sql: 'SELECT * FROM "users" WHERE id = 1',
    origin: { file: '/app/users.go', line: 31 },
  },
  sqlx: {
    text: '{\n  "db_name": "PostgreSQL",\n  "query": "SELECT id FROM users WHERE id = $1",\n  "describe": {"columns": []},\n  "hash": "abc"\n}',
    sql: 'SELECT id FROM users WHERE id = $1',
    file: 'query-abc.json',
  },
  'pg_stat_statements as CSV': {
    text: `queryid,calls,rows,total_exec_time,mean_exec_time,toplevel,query
8752577812079908738,3,0,0.063304,0.021101,t,"SELECT id, status FROM orders WHERE id = $1 /*route='/orders/$2',file='src/orders.ts'*/"
8752577812079908739,9,0,0.1,0.1,f,SELECT 1 FROM nested`,
    sql: 'SELECT id, status FROM orders WHERE id = $1',
    origin: { route: '/orders/$2', file: 'src/orders.ts' },
  },
  'pg_stat_statements as JSON': {
    text: '[{"queryid": 1, "query": "SELECT 2 FROM t", "calls": 3, "total_time": 6}]',
    sql: 'SELECT 2 FROM t',
  },
  sqlc: {
    text: '-- name: GetAuthor :one\nSELECT * FROM authors WHERE id = @id AND name = sqlc.arg(name);',
    sql: 'SELECT * FROM authors WHERE id = $1 AND name = $2',
    file: 'queries.sql',
  },
  pgtyped: {
    text: '/* @name FindBook */\nSELECT * FROM books WHERE id = :id!;',
    sql: 'SELECT * FROM books WHERE id = $1',
    file: 'books.sql',
  },
  'OpenTelemetry, stable names': {
    text: JSON.stringify({
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: 'a',
                  spanId: '2',
                  parentSpanId: '1',
                  kind: 3,
                  startTimeUnixNano: '1700000000000000000',
                  endTimeUnixNano: '1700000000001200000',
                  attributes: [
                    { key: 'db.system.name', value: { stringValue: 'postgresql' } },
                    { key: 'db.query.text', value: { stringValue: 'SELECT id FROM orders WHERE id = $1' } },
                    { key: 'db.query.parameter.0', value: { stringValue: '42' } },
                    { key: 'code.file.path', value: { stringValue: 'src/orders.ts' } },
                    { key: 'code.line.number', value: { intValue: '31' } },
                  ],
                },
                {
                  traceId: 'a',
                  spanId: '1',
                  kind: 2,
                  attributes: [
                    { key: 'http.route', value: { stringValue: '/orders/:id' } },
                    { key: 'http.request.method', value: { stringValue: 'GET' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
    sql: 'SELECT id FROM orders WHERE id = $1',
    params: ['42'],
    origin: { service: 'shop', route: 'GET /orders/:id', file: 'src/orders.ts', line: 31 },
  },
  'OpenTelemetry, old names in snake case': {
    text: JSON.stringify({
      resource_spans: [
        {
          scope_spans: [
            {
              spans: [
                {
                  trace_id: 'a',
                  span_id: '2',
                  kind: 'SPAN_KIND_CLIENT',
                  attributes: [
                    { key: 'db.system', value: { string_value: 'postgresql' } },
                    { key: 'db.statement', value: { string_value: 'SELECT 1 FROM t WHERE a = $1' } },
                    {
                      key: 'db.postgresql.values',
                      value: { array_value: { values: [{ string_value: '7' }] } },
                    },
                    { key: 'http.method', value: { string_value: 'GET' } },
                    { key: 'http.target', value: { string_value: '/t?x=1' } },
                  ],
                },
              ],
            },
          ],
        },
      ],
    }),
    sql: 'SELECT 1 FROM t WHERE a = $1',
    params: ['7'],
    origin: { route: 'GET /t' },
  },
};

describe('a record', () => {
  test.each(Object.entries(cases))('of %s is read', async (_, { text, sql, params, origin, file }) => {
    const queries = await queriesIn(file ?? 'captured', `${text}\n`);
    expect(queries.map((query) => query.sql)).toEqual([sql]);
    expect(queries[0]?.samples[0]).toEqual(params);
    if (origin !== undefined) expect(queries[0]?.origins[0]).toMatchObject(origin);
  });

  test.each(Object.entries(cases))(
    'of %s that is cut short brings nothing down',
    async (_, { text, file }) => {
      await fc.assert(
        fc.asyncProperty(fc.nat({ max: text.length }), async (length) => {
          await queriesIn(file ?? 'captured.jsonl', text.slice(0, length)).catch((error: unknown) => {
            // That its format is not known is an answer.
            if (!/is not known/.test(String(error instanceof Error ? error.message : error))) throw error;
          });
        }),
        { numRuns: 20 },
      );
    },
  );
});
