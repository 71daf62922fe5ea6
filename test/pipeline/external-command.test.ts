import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { LentServer } from '../support/lent-server.ts';
import { type Files, reviewAlone } from '../support/project.ts';
import { projectWithPackages } from '../support/tools.ts';

const base: Files = {
  'migrate.cjs': `
const fs = require('node:fs');
const pg = require('pg');
(async () => {
  const client = new pg.Client();
  await client.connect();
  for (const name of fs.readdirSync('changes').sort()) await client.query(fs.readFileSync('changes/' + name, 'utf8'));
  await client.end();
})();`,
  'changes/001.txt': 'CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, email text)',
};
const change: Files = {
  'changes/002.txt': 'ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid()',
};

let lent: LentServer;
beforeAll(async () => {
  lent = await LentServer.start(18);
});
afterAll(() => lent[Symbol.asyncDispose]());

async function reviewOn(url: string) {
  using project = projectWithPackages(base, change);
  return await reviewAlone(project.root, {
    migrateCommand: 'node migrate.cjs',
    sandbox: 'external',
    serverUrl: url,
  });
}

test('a command runs on a superuser’s server whose log can be read', async () => {
  const before = await lent.inventory();
  const review = await reviewOn(lent.url('superuser'));
  expect(review?.insights.map(({ rule }) => rule)).toContain('migration/table-rewrite');
  expect(await lent.inventory()).toEqual(before);
});

test('a role that may only create databases cannot have what a command sends logged', async () => {
  await expect(reviewOn(lent.url('creator'))).rejects.toThrow(
    'what a command sends cannot be logged on this server: that takes a superuser',
  );
});

test('a server that writes no such log is told so', async () => {
  await using silent = await LentServer.start(14, 'by its socket');
  await expect(reviewOn(silent.url('superuser'))).rejects.toThrow('it runs without logging_collector');
});
