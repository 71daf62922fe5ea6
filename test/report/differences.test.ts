import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

test('a review holds the rows that statements change, and what they leave otherwise in the catalogues', async () => {
  using project = new TestProject({
    'migrations/0001_base.sql': `CREATE TABLE users (id int PRIMARY KEY, name text);
      INSERT INTO users VALUES (1, 'a'), (2, 'b');`,
    'migrations/0002_change.sql': `UPDATE users SET name = upper(name) WHERE id = 1;
      ALTER TABLE users ALTER COLUMN name SET NOT NULL;
      CREATE INDEX users_name ON users (name);
      DROP INDEX users_name;`,
  });
  const review = await reviewProject(server.sandbox, project.root, {
    migrations: 'migrations',
    comparison: { kind: 'named', files: ['migrations/0002_change.sql'] },
  });
  const statements = review?.migrations.flatMap((migration) => migration.statements) ?? [];
  const table = 'public.users';
  expect(statements.map(({ changedRows, differences }) => [...changedRows, ...differences])).toEqual([
    [{ relation: table, inserted: 0, updated: 1, deleted: 0 }],
    [{ kind: 'altered', object: 'column', name: 'name', table, properties: ['notNull'] }],
    [{ kind: 'created', object: 'index', name: 'public.users_name', table, properties: [] }],
    [{ kind: 'dropped', object: 'index', name: 'public.users_name', table, properties: [] }],
  ]);
});
