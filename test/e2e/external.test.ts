import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../support/command-line.ts';
import { LentServer, lentPassword } from '../support/lent-server.ts';
import { type Files, TestProject } from '../support/project.ts';

const base: Files = {
  'migrations/0001_base.sql': 'CREATE TABLE orders (id int PRIMARY KEY, status text);',
  'migrations/0002_change.sql': 'CREATE INDEX ON orders (status);',
};
const args = ['check', '--new', '0002_change.sql'] as const;

let commandLine: CommandLine;
let lent: LentServer;
beforeAll(async () => {
  [commandLine, lent] = await Promise.all([CommandLine.bundled('external-test'), LentServer.start(18)]);
});
afterAll(() => lent[Symbol.asyncDispose]());

async function run(files: Files, ...more: readonly string[]) {
  using project = new TestProject(files);
  return await commandLine.run(project.root, ...args, ...more);
}

/** The password, as it was written and as a URL has it. */
const passwords = [lentPassword, encodeURIComponent(lentPassword), 'wr0ng'];

describe('what keeps a server from being used is told in a sentence, with exit status 2, and without the password', () => {
  test.each<[string, () => string, RegExp]>([
    [
      'a wrong password',
      () => lent.url('creator', 'postgres', 'wr0ng'),
      /^cannot connect to the server at 127\.0\.0\.1:\d+: password authentication failed for user "lent_creator"\n/,
    ],
    [
      'a role that may not create databases',
      () => lent.url('nobody'),
      /^the role lent_nobody may not create databases\n {2}grant it that with: ALTER ROLE lent_nobody CREATEDB/,
    ],
    ['a database that is missing', () => lent.url('creator', 'nope'), /: database "nope" does not exist\n/],
    [
      'nobody who listens',
      () => `postgresql://lent:wr0ng@127.0.0.1:1/postgres`,
      /^cannot connect to the server at 127\.0\.0\.1:1: connect ECONNREFUSED/,
    ],
    [
      'a URL that is none',
      () => 'postgresql://lent:wr0ng@host:port/x',
      /^the URL of the server cannot be read\n/,
    ],
    [
      'a URL of something else',
      () => 'mysql://lent:wr0ng@host/x',
      /^postgres: expected embedded, container or the URL of a server\n/,
    ],
  ])('%s', async (_, url, message) => {
    const { status, stdout, stderr, review } = await run(base, '--quiet', '--postgres', url());
    expect(stderr).toMatch(message);
    expect({ status, stdout, review }).toEqual({ status: 2, stdout: '', review: null });
    for (const password of passwords) expect(stderr).not.toContain(password);
  });

  test('rows to execute on that are not there', async () => {
    const { status, stderr } = await run(base, '--quiet', '--execute');
    expect(stderr).toMatch(/^queries can only be executed on rows that are there\n/);
    expect(status).toBe(2);
  });
});

test('the environment variable that the configuration names holds the URL, which nobody prints', async () => {
  const config = { '.github/pg-guardrails.yml': 'postgres: { url-variable: LENT_SERVER }' };
  const before = await lent.inventory();
  const without = await run({ ...base, ...config });
  expect(without.stderr).toMatch(/^the environment variable LENT_SERVER is empty\n/);
  process.env['LENT_SERVER'] = lent.url('superuser');
  try {
    const { review, stderr, stdout } = await run({ ...base, ...config });
    expect(review?.postgres.sandbox).toBe('external');
    for (const password of passwords) {
      expect(stderr + stdout + JSON.stringify(review)).not.toContain(password);
    }
  } finally {
    delete process.env['LENT_SERVER'];
  }
  expect(await lent.inventory()).toEqual(before);
});

test.each(['SIGINT', 'SIGTERM'] as const)('on %s, databases and roles are dropped', async (signal) => {
  const before = await lent.inventory();
  for (const role of ['superuser', 'creator'] as const) {
    using project = new TestProject({
      ...base,
      'migrations/0001_base.sql':
        'CREATE TABLE orders (id int PRIMARY KEY, status text); SELECT pg_sleep(1000);',
    });
    const { child, ended } = commandLine.start(project.root, [...args, '--postgres', lent.url(role)]);
    for (;;) {
      const sleeping = await lent.control.query(
        `SELECT FROM pg_stat_activity WHERE query ~ 'pg_sleep' AND datname ~ '^guardrails_'`,
      );
      if (sleeping.length > 0) break;
      await pause(20);
    }
    child.kill(signal);
    expect((await ended).status).toBe(signal === 'SIGINT' ? 130 : 143);
    expect(await lent.inventory()).toEqual(before);
  }
});
