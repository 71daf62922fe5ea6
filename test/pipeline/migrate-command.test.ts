import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CannotReview } from '../../src/model/problem.ts';
import { type Files, reviewProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { migrateProject, projectWithPackages } from '../support/tools.ts';

/** A program of the project's own that runs the files of a folder in one session, and keeps no books. */
const program = `
const fs = require('node:fs');
const pg = require('pg');
(async () => {
  const client = new pg.Client();
  await client.connect();
  const { rows } = await client.query("SELECT to_regclass('done') IS NULL AS fresh");
  if (rows[0].fresh) await client.query('CREATE TABLE done (name text)');
  for (const name of fs.readdirSync('changes').sort()) {
    const { rowCount } = await client.query('SELECT 1 FROM done WHERE name = $1', [name]);
    if (rowCount > 0) continue;
    await require(process.cwd() + '/changes/' + name)(client, pg);
    await client.query('INSERT INTO done VALUES ($1)', [name]);
  }
  await client.end();
})();
`;
const command = 'node migrate.cjs';
const base: Files = {
  'migrate.cjs': program,
  'changes/001_users.cjs':
    "module.exports = (db) => db.query('CREATE TABLE users (id int PRIMARY KEY, email text)');",
};

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const review = (root: string, overrides = {}) =>
    reviewProject(server.sandbox, root, { migrateCommand: command, ...overrides });

  test('a migration in code is judged by what it does, at its line', async () => {
    using project = projectWithPackages(base, {
      'changes/002_token.cjs': `// Everybody gets one.
module.exports = async (db) => {
  await db.query('BEGIN');
  await db.query('ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()');
  await db.query('COMMIT');
};`,
    });
    const result = await review(project.root);
    expect(result?.migrations.map(({ file, statements }) => [file, statements.length])).toEqual([
      ['changes/002_token.cjs', 1],
    ]);
    const rewrite = result?.insights.find(({ rule }) => rule === 'migration/table-rewrite');
    expect(rewrite?.location).toEqual({ file: 'changes/002_token.cjs', line: 4, endLine: 4 });
  });

  test('a project that is new with the change begins with an empty database', async () => {
    using project = projectWithPackages({ 'README.md': '' }, {});
    project.push(Object.fromEntries(Object.entries(base).map(([path, text]) => [`app/${path}`, text])));
    const { change } = await migrateProject(server.sandbox, `${project.root}/app`, command);
    expect(change.added.map(({ path }) => path)).toEqual(['changes/001_users.cjs']);
  });

  test('rows that COPY was sent are told to be missing', async () => {
    using project = projectWithPackages(base, {
      'changes/002_copy.cjs': `module.exports = (db, pg) => new Promise((resolve, reject) => {
  class Copy extends pg.Query {
    handleCopyInResponse(connection) {
      connection.sendCopyFromChunk(Buffer.from('1\\ta\\n'));
      connection.endCopyFrom();
    }
  }
  db.query(new Copy('COPY users FROM STDIN', (error) => (error ? reject(error) : resolve())));
});`,
    });
    const result = await review(project.root);
    expect(result?.unchecked).toContainEqual({
      subject: 'changes/002_copy.cjs',
      reason:
        '`COPY users FROM STDIN` was left out: the rows that the tool sent with it are not in the log of the server',
    });
  });

  test.each(['base', 'head'])('a command that fails in the %s ends the review', async (tree) => {
    const broken = { 'changes/002_broken.cjs': 'throw new Error("broken");' };
    using project = projectWithPackages(tree === 'base' ? { ...base, ...broken } : base, broken);
    await expect(review(project.root)).rejects.toMatchObject({
      problems: [
        {
          message: `the migrate command failed in the tree of the ${tree}, with status 1`,
          hint: expect.stringContaining('Error: broken'),
        },
      ],
    });
  });

  test('migrations cannot be named as new beside a command', async () => {
    using project = projectWithPackages(base, {});
    const comparison = { kind: 'named', files: ['a.sql'] };
    await expect(review(project.root, { comparison })).rejects.toThrow(CannotReview);
  });
});
