import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { seedFromFile } from '../../src/seed/file.ts';
import { seedPlausible, usualRows } from '../../src/seed/plausible.ts';
import { TestProject } from '../support/project.ts';
import { TestServer } from '../support/server.ts';

describe('a seed file', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(18, 2_000);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const base = `
    CREATE TABLE parent (id int PRIMARY KEY);
    CREATE TABLE child (parent_id int NOT NULL REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
  `;

  test('is run, and what it leaves empty is filled', async () => {
    using project = new TestProject({
      'seed.sql':
        'SET search_path = public;\n-- Überall\nINSERT INTO parent VALUES (7); INSERT INTO parent VALUES (8);',
    });
    await using session = await server.session(base);
    await seedFromFile(session, project.root, 'seed.sql');
    expect(await seedPlausible(session, { rows: usualRows, head: null, constants: [] })).toEqual([]);
    expect(await session.query('SELECT * FROM child')).toEqual([
      { parent_id: 7 },
      { parent_id: 8 },
      { parent_id: 7 },
    ]);
  });

  test.each([
    ['INSERT INTO parent VALUES (1);\n\nINSERT INTO parent\n  VALUES (1);', 3, 'duplicate key'],
    [
      "INSERT INTO parent VALUES (1);\nINSERT INTO parent -- é😀\n  VALUES (2, 'a')",
      3,
      'more expressions than target columns',
    ],
    ['INSERT INTO parent VALUES (1);\n\\connect x', 2, 'syntax error'],
    ['SELECT 1;\nSELECT pg_sleep(1e6)', 2, 'stopped after 2 s'],
    ['INSERT INTO child VALUES (1)', null, 'foreign key'],
  ])('is to blame at its line: %j', async (text, line, message) => {
    using project = new TestProject({ 'seed.sql': text });
    await using session = await server.session(base);
    await expect(seedFromFile(session, project.root, 'seed.sql')).rejects.toMatchObject({
      problems: [{ message: expect.stringContaining(message), location: { file: 'seed.sql', line } }],
    });
  });

  test('that is not there is a mistake', async () => {
    using project = new TestProject({});
    await using session = await server.session();
    await expect(seedFromFile(session, project.root, 'no.sql')).rejects.toMatchObject({
      problems: [{ message: 'the seed file no.sql cannot be read' }],
    });
  });
});
