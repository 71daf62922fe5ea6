import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../support/command-line.ts';
import type { Files } from '../support/project.ts';
import { TestProject } from '../support/project.ts';
import { insightOf } from '../support/scenario.ts';
import { projectWithPackages } from '../support/tools.ts';

/** Programs as people have them, run by `capture` and by `check --capture-command`. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('capture-suites-test');
});

const users = `CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, phone text);\n`;

const withPg = (text: string) => `import pg from 'pg';\n${text}`;

function linesOf(
  root: string,
  file = 'workload.ndjson',
): readonly { readonly sql: string; readonly of?: string }[] {
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line) => (line === '' ? [] : [JSON.parse(line)]));
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await pause(20);
}

/** Whether a process is there and not just waiting to be collected by its parent. */
function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) && !/\) [ZX] /.test(readFileSync(stat, 'utf8'));
}

describe('signals', () => {
  const suite: Files = {
    'migrations/0001_base.sql': users,
    'suite.mjs': withPg(`
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const client = new pg.Client();
await client.connect();
await client.query('SELECT id FROM users');
const worker = spawn('sleep', ['600'], { stdio: 'ignore' });
if (process.env.STUBBORN) for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => {});
else for (const name of ['SIGINT', 'SIGTERM'])
  process.on(name, async () => {
    await client.query('DELETE FROM users');
    writeFileSync('cleaned', name);
    process.exit(7);
  });
writeFileSync('pids', process.pid + ' ' + worker.pid);
setInterval(() => {}, 1000);`),
  };

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'on %s, the program cleans up while the server is there, and nothing is left',
    async (signal, status) => {
      using project = projectWithPackages(suite, {});
      const { child, ended } = commandLine.start(project.root, [
        'capture',
        '--',
        process.execPath,
        'suite.mjs',
      ]);
      const pids = join(project.root, 'pids');
      await until(() => existsSync(pids) && readFileSync(pids, 'utf8') !== '');
      child.kill(signal);
      expect((await ended).status).toBe(status);
      if (signal !== 'SIGHUP') expect(readFileSync(join(project.root, 'cleaned'), 'utf8')).toBe(signal);
      const started = readFileSync(pids, 'utf8').split(' ').map(Number);
      await until(() => !started.some(isRunning));
      expect(existsSync(join(project.root, 'workload.ndjson'))).toBe(false);
      expect(existsSync(join(project.root, 'workload.ndjson.part'))).toBe(false);
    },
  );

  test('a program that does not listen is ended by the second one', async () => {
    using project = projectWithPackages(suite, {});
    const command = ['env', 'STUBBORN=1', process.execPath, 'suite.mjs'];
    const { child, ended } = commandLine.start(project.root, ['capture', '--', ...command]);
    const pids = join(project.root, 'pids');
    await until(() => existsSync(pids) && readFileSync(pids, 'utf8') !== '');
    child.kill('SIGINT');
    await pause(200);
    child.kill('SIGINT');
    expect((await ended).status).toBe(130);
    const started = readFileSync(pids, 'utf8').split(' ').map(Number);
    await until(() => !started.some(isRunning));
  });
});

test('a program that leaves connections and processes open is not waited for', async () => {
  using project = projectWithPackages(
    {
      'migrations/0001_base.sql': users,
      'suite.mjs': withPg(`
import { spawn } from 'node:child_process';
for (const each of [1, 2, 3]) {
  const client = new pg.Client();
  await client.connect();
  await client.query('SELECT id FROM users WHERE id = $1', [each]);
}
spawn('sleep', ['600'], { stdio: 'inherit' });
spawn('sleep', ['600'], { stdio: 'inherit', detached: process.argv[2] === 'detached' }).unref();
process.exit(0);`),
    },
    {},
  );
  const { status, stderr } = await commandLine.start(project.root, [
    'capture',
    '--',
    process.execPath,
    'suite.mjs',
  ]).ended;
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(linesOf(project.root)).toHaveLength(3);
});

test('the database is found in variables of any name and form', async () => {
  using project = projectWithPackages(
    {
      'migrations/0001_base.sql': users,
      '.github/pg-guardrails.yml': `environment:
  APP_DB: '{database}'
  SQLALCHEMY_DATABASE_URI: 'postgresql+psycopg://{user}:{password}@{host}:{port}/{database}'\n`,
      'suite.mjs': withPg(`
const { DB_HOST: host, DB_PORT: port, APP_DB: database, PGUSER: user, PGPASSWORD: password } = process.env;
delete process.env.DATABASE_URL;
const first = new pg.Client({ host, port: Number(port), database, user, password });
await first.connect();
await first.query('SELECT id FROM users');
await first.end();
const url = process.env.SQLALCHEMY_DATABASE_URI.replace('+psycopg', '');
const second = new pg.Client({ connectionString: url });
await second.connect();
await second.query('SELECT phone FROM users');
await second.end();`),
    },
    {},
  );
  const options = ['--env', 'DB_HOST={host}', '--env', 'DB_PORT={port}'];
  const command = ['--', process.execPath, 'suite.mjs'];
  const { status } = await commandLine.start(project.root, ['capture', ...options, ...command]).ended;
  expect(status).toBe(0);
  expect(linesOf(project.root).map(({ sql }) => sql)).toEqual([
    'SELECT id FROM users',
    'SELECT phone FROM users',
  ]);
});

test.each([
  ['--env', 'nonsense', /Expected NAME=TEMPLATE/],
  ['--env', 'DB_HOST={server}', /names \{server\}, which is none of \{host\}/],
])('%s %s is told', async (option, value, expected) => {
  using project = new TestProject({ 'migrations/0001_base.sql': users });
  const { status, stderr } = await commandLine.start(project.root, ['capture', option, value, '--', 'true'])
    .ended;
  expect(status).toBe(2);
  expect(stderr).toMatch(expected);
});

test('a program that sends nothing is told where to find the database', async () => {
  using project = new TestProject({ 'migrations/0001_base.sql': users });
  const { status, stderr } = await commandLine.start(project.root, ['capture', '--', 'true']).ended;
  expect(status).toBe(0);
  expect(stderr).toContain('true sent no queries: does it find its database in DATABASE_URL or PG*?');
});

test('somebody’s server is not asked to log everything', async () => {
  using project = new TestProject({ 'migrations/0001_base.sql': users });
  const lent = ['--postgres', 'postgresql://nobody@127.0.0.1:1/none'];
  const { status, stderr } = await commandLine.start(project.root, [
    ...['check', '--new', '0001_base.sql', '--capture-command', 'true'],
    ...lent,
  ]).ended;
  expect(status).toBe(2);
  expect(stderr).toContain('queries are captured on a throw-away server only');
});

describe('a suite of Knex', () => {
  const knex: Files = {
    'knexfile.cjs': `module.exports = {
  client: 'pg', connection: process.env.DATABASE_URL,
  migrations: { directory: './db/migrations', loadExtensions: ['.cjs'] },
};`,
    'db/migrations/20260101_users.cjs': `exports.up = async (knex) => {
  await knex.schema.createTable('users', (table) => { table.bigIncrements('id'); table.text('phone'); });
  await knex('users').insert({ phone: 'first' });
  await knex('users').where({ phone: 'first' }).update({ phone: 'second' });
};
exports.down = (knex) => knex.schema.dropTable('users');`,
    // Each test in a transaction that is rolled back, through the session that ran the migrations.
    'suite.cjs': `const knex = require('knex')({ ...require('./knexfile.cjs'), pool: { min: 1, max: 1 } });
(async () => {
  await knex.migrate.latest();
  for (const phone of ['a', 'b']) {
    const test = await knex.transaction();
    await test('users').insert({ phone });
    await test('users').where({ phone }).select('id');
    await test.rollback();
  }
  if (process.env.DOWN) await knex.migrate.rollback();
  await knex.destroy();
})();`,
  };

  const applicationOf = (root: string) =>
    linesOf(root).flatMap(({ sql, of }) => (of === 'migration' || !/users/.test(sql) ? [] : [sql]));

  test('its migrations are recognised on an empty database', async () => {
    using project = projectWithPackages(knex, {});
    const command = ['--', 'env', 'DOWN=1', process.execPath, 'suite.cjs'];
    const { status, stderr } = await commandLine.start(project.root, [
      'capture',
      '--empty-database',
      ...command,
    ]).ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const test = ['insert into "users" ("phone") values ($1)', 'select "id" from "users" where "phone" = $1'];
    expect(applicationOf(project.root)).toEqual([...test, ...test]);
  });

  test('a migrate command builds the schema first', async () => {
    using project = projectWithPackages(
      {
        ...knex,
        '.github/pg-guardrails.yml':
          'migrate-command: NODE_DISABLE_COMPILE_CACHE=1 npx knex migrate:latest --knexfile knexfile.cjs\n',
      },
      {},
    );
    const { status, stderr } = await commandLine.start(project.root, [
      'capture',
      '--',
      process.execPath,
      'suite.cjs',
    ]).ended;
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(applicationOf(project.root)).toHaveLength(4);
  });
});

test('a schema file is loaded for a captured program', async () => {
  using project = projectWithPackages(
    {
      'db/structure.sql': users,
      '.github/pg-guardrails.yml': 'schema: db/structure.sql\n',
      'suite.mjs': withPg(
        `const client = new pg.Client(); await client.connect(); await client.query('SELECT id FROM users'); await client.end();`,
      ),
    },
    {},
  );
  const { status, stderr } = await commandLine.start(project.root, [
    'capture',
    '--',
    process.execPath,
    'suite.mjs',
  ]).ended;
  expect({ status, stderr }).toMatchObject({ status: 0 });
  expect(linesOf(project.root)).toHaveLength(1);
});

describe('the base', () => {
  const suite = (sql: string) =>
    withPg(`const client = new pg.Client();
await client.connect();
await client.query('SELECT id FROM users WHERE id = $1', [1]);
await client.query(${JSON.stringify(sql)}, ['1']);
await client.end();`);
  const before = 'SELECT id FROM users WHERE phone = $1';
  const after = 'SELECT id, phone FROM users WHERE lower(phone) = $1';
  const project = () =>
    projectWithPackages(
      { 'migrations/0001_base.sql': users, 'suite.mjs': suite(before) },
      {
        'migrations/0002_email.sql': 'ALTER TABLE users ADD COLUMN email text;',
        'suite.mjs': suite(after),
      },
    );
  const check = ['check', '--base', 'main', '--capture-command', 'node suite.mjs'] as const;

  test('is captured in its own files where that is asked for, so that what the change takes away is known', async () => {
    using pull = project();
    const { review, stderr } = await commandLine.run(pull.root, ...check, '--capture-base');
    if (review === null) throw new Error(stderr);
    expect(review.unchecked.filter(({ subject }) => subject.includes('capture'))).toEqual([]);
    expect(stderr).toContain('running the capture command of the base');
    expect(stderr).toMatch(/planning 3 queries/);
    expect(review.queries.map(({ sql }) => sql)).toEqual(['SELECT id FROM users WHERE id = $1', after]);
  });

  test('is taken to send the same where it is not', async () => {
    using pull = project();
    const { review, stderr } = await commandLine.run(pull.root, ...check);
    if (review === null) throw new Error(stderr);
    expect(stderr).toMatch(/planning 2 queries/);
    expect(stderr).not.toContain('of the base\nplanning');
  });
});

describe('scenario 16: a data migration that loads each row and saves it again', () => {
  const files = (up: string): Files => ({
    'migrations/0001_base.sql': users,
    'migrations/0002_normalised.sql': 'ALTER TABLE users ADD COLUMN normalised text;',
    '.github/pg-guardrails.yml': 'tables:\n  users: { rows: 2.4M }\n',
    'backfill/20260201_normalise.cjs': `exports.up = async (knex) => {${up}};\nexports.down = () => {};`,
    'migrate.cjs': `const knex = require('knex')({ client: 'pg', connection: process.env.DATABASE_URL,
  migrations: { directory: './backfill', loadExtensions: ['.cjs'] } });
(async () => {
  await knex.raw("INSERT INTO users (phone) SELECT '+49 ' || n FROM generate_series(1, 40) n");
  await knex.migrate.latest();
  await knex.destroy();
})();`,
  });
  const check = ['check', '--new', '0002_normalised.sql', '--capture-command', 'node migrate.cjs'] as const;

  const loops: readonly (readonly [string, string])[] = [
    [
      'from a list of all',
      `for (const { id, phone } of await knex('users').select('id', 'phone'))
        await knex('users').where({ id }).update({ normalised: phone.replace(' ', '') });`,
    ],
    [
      'one by one',
      `for (const { id } of await knex('users').select('id')) {
        const user = await knex('users').where({ id }).first('*');
        await knex('users').where({ id }).update({ normalised: user.phone.replace(' ', '') });
      }`,
    ],
    [
      'in batches of their keys',
      `let last = 0;
      for (;;) {
        const batch = await knex('users').where('id', '>', last).orderBy('id').limit(100).select('id', 'phone');
        if (batch.length === 0) break;
        for (const { id, phone } of batch) await knex('users').where({ id }).update({ normalised: phone.replace(' ', '') });
        last = batch.at(-1).id;
      }`,
    ],
  ];

  test.each(loops)('%s: how many statements that is at production, and how long it takes', async (_, up) => {
    using project = projectWithPackages(files(up), {});
    const { review, stderr } = await commandLine.run(project.root, ...check);
    if (review === null) throw new Error(stderr);
    const found = insightOf(review, 'trace/n-plus-one-writes');
    expect(found).toMatchObject({
      severity: 'critical',
      origin: 'introduced',
      evidence: { facts: { count: 40, expected: 2_400_000, table: 'users' } },
    });
    const { low, high } = found.evidence.facts;
    // 2.4 million round trips of 0.5 to 3 ms, of which the slowest loop makes two for each row.
    expect(Number(low)).toBeGreaterThan(1_200);
    expect(Number(high)).toBeLessThan(16_000);
    expect(found.summary).toMatch(
      /2,400,000 statements at production, one after the other, which takes .* (min|h)/,
    );
    // What a migration sends is no query of the application.
    expect(review.queries.map(({ sql }) => sql).filter((sql) => sql.includes('normalised'))).toEqual([]);
  });

  test('one statement for all rows is none', async () => {
    const up = `await knex.raw("UPDATE users SET normalised = replace(phone, ' ', '')");`;
    using project = projectWithPackages(files(up), {});
    const { review, stderr } = await commandLine.run(project.root, ...check);
    if (review === null) throw new Error(stderr);
    expect(review.insights.filter(({ rule }) => rule.startsWith('trace/'))).toEqual([]);
  });
});
