import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { CommandLine } from '../support/command-line.ts';
import { type Files, TestProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';

const root = join(import.meta.dirname, '..', '..');
let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('cli-test');
});

function start(cwd: string, args: readonly string[], path?: string) {
  return commandLine.start(cwd, args, path);
}

async function run(files: Files, ...args: readonly string[]) {
  using project = new TestProject(files);
  return await commandLine.run(project.root, ...args);
}

const base = { 'migrations/0001_base.sql': 'CREATE TABLE orders (id int PRIMARY KEY, status text);' };
const check = ['check', '--quiet'] as const;
const second = [...check, '--new', '0002_change.sql'] as const;

describe('what a person gets wrong is told in a sentence, with exit status 2 and nothing written', () => {
  test.each<[string, Files, readonly string[], RegExp]>([
    ['a folder that is missing', {}, second, /^there is no folder migrations\n {2}name it with --migrations/],
    ['an option that is unknown', base, ['check', '--nope'], /unknown option '--nope'/],
    ['a command that is unknown', base, ['chekc'], /unknown command 'chekc'/],
    [
      'two ways to tell the change',
      base,
      ['check', '--base', 'main', '--new', 'x.sql'],
      /cannot be used with option '--new/,
    ],
    [
      'a version that is none',
      base,
      ['check', '--postgres-version', '13'],
      /Expected a number from 14 to 18/,
    ],
    ['a report of no known format', base, ['check', '--report', 'pdf=x'], /Expected FORMAT=FILE/],
    [
      'a configuration that is missing',
      base,
      ['check', '--config', 'x.yml'],
      /the configuration x\.yml cannot be read/,
    ],
    [
      'a configuration with mistakes, all of them',
      {
        ...base,
        '.github/pg-guardrails.yml': 'tables:\n  orders: { rows: 50x }\nworkload: 3\ncolour: red\n',
      },
      second,
      /pg-guardrails\.yml:2: tables\.orders\.rows: "50x" is not a count[\s\S]*:3: workload: [\s\S]*:4: unknown key "colour"/,
    ],
    [
      'a migration that is not UTF-8',
      { ...base, 'migrations/0002_change.sql': Buffer.from('SELECT 1;\n-- caf\xe9\n', 'latin1') },
      second,
      /^migrations\/0002_change\.sql:2: not UTF-8 text/,
    ],
    [
      'a base with a syntax error',
      {
        'migrations/0001_base.sql': 'CREATE TABLE a (id int);\nCREATE TABEL b (id int);',
        'migrations/0002_change.sql': '',
      },
      second,
      /^migrations\/0001_base\.sql:2: a migration of the base fails: syntax error at or near "TABEL"/,
    ],
    [
      'a base that fails',
      { 'migrations/0001_base.sql': 'DROP TABLE nope;', 'migrations/0002_change.sql': '' },
      second,
      /^migrations\/0001_base\.sql:1: a migration of the base fails: table "nope" does not exist/,
    ],
    [
      'a workload that is missing',
      { ...base, 'migrations/0002_change.sql': '' },
      [...second, '--workload', 'x.ndjson'],
      /there is no workload x\.ndjson/,
    ],
    ['a migration that is none', base, second, /^0002_change\.sql is none of the migrations in migrations/],
  ])('%s', async (_, files, args, message) => {
    const { status, stderr, stdout, review } = await run(files, ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/at .*\.js:\d+|defect/);
    expect({ status, stdout, review }).toEqual({ status: 2, stdout: '', review: null });
  });

  test('a folder that is empty', async () => {
    using repository = new TestRepository({ 'migrations/README.md': 'none yet' });
    const { status, stderr } = await start(repository.root, check).ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr:
        'there are no migrations in migrations\n  it must hold .sql files, such as 0001_create_orders.sql\n',
    });
  });

  test('a machine without git', async () => {
    using project = new TestProject(base);
    const { status, stderr } = await start(project.root, check, '/nowhere').ended;
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'git cannot be run here\n  install it, or name the new migrations with --new\n',
    });
  });

  test('no repository, and no new migrations named', async () => {
    const { status, stderr } = await run(base, ...check);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringContaining('this is no git repository'),
    });
  });
});

describe('what cannot be examined is an insight or is listed', () => {
  test('a syntax error in the change', async () => {
    const { status, review } = await run(
      { ...base, 'migrations/0002_change.sql': 'ALTER TABLE orders\n  ADD COLUM x int;' },
      ...second,
    );
    expect(review?.insights).toMatchObject([
      {
        rule: 'migration/migration-fails',
        severity: 'critical',
        location: { file: 'migrations/0002_change.sql', line: 2 },
      },
    ]);
    expect(status).toBe(1);
  });

  test('the review still covers what came before a failing statement', async () => {
    const { review } = await run(
      {
        ...base,
        'migrations/0002_change.sql':
          'CREATE INDEX ON orders (status);\nALTER TABLE nope ADD x int;\nSELECT 1;',
        'migrations/0003_more.sql': 'SELECT 1;',
      },
      ...second,
      '0003_more.sql',
    );
    expect(review?.insights.map(({ rule }) => rule)).toEqual([
      'migration/migration-fails',
      'migration/blocking-index-build',
    ]);
    expect(review?.unchecked).toMatchObject([
      { subject: 'migrations/0002_change.sql:3', reason: expect.stringContaining('not run') },
      { subject: 'migrations/0003_more.sql', reason: expect.stringContaining('not run') },
    ]);
  });

  test('a migration that ends the transaction it is run in', async () => {
    const { status, review } = await run(
      { ...base, 'migrations/0002_change.sql': 'COMMIT;\nDROP TABLE orders;' },
      ...second,
    );
    expect(review?.unchecked).toMatchObject([
      {
        subject: 'migrations/0002_change.sql:1',
        reason: expect.stringMatching(/^COMMIT ends the transaction/),
      },
    ]);
    expect(review?.insights.map(({ rule }) => rule)).toContain('migration/unbalanced-transaction');
    // The table that is dropped besides is worth a failure.
    expect(status).toBe(1);
  });

  test('a migration that runs for ever', async () => {
    const { status, review } = await run(
      {
        ...base,
        'migrations/0002_change.sql': 'SELECT pg_sleep(1e6);',
        '.github/pg-guardrails.yml': 'limits: { statement: 1s }',
      },
      ...second,
    );
    expect(review?.insights).toMatchObject([{ rule: 'migration/migration-fails', severity: 'critical' }]);
    expect(status).toBe(1);
  });

  test('workload lines that are none, a query against a table that does not exist, a workload of nothing', async () => {
    const { status, review } = await run(
      {
        ...base,
        'migrations/0002_change.sql': 'SELECT 1;',
        'w.ndjson': 'no json\n{"sql": "SELECT * FROM nope"}\n{"sql": "SELECT id FROM orders"}',
        'empty.ndjson': '',
      },
      ...second,
      '--workload',
      'w.ndjson',
      'empty.ndjson',
    );
    expect(review?.unchecked).toMatchObject([
      { subject: 'w.ndjson:1', reason: expect.stringContaining('is no JSON') },
      { subject: 'empty.ndjson', reason: 'holds no queries, so no plan was looked at' },
      { subject: 'SELECT * FROM nope', reason: 'PostgreSQL cannot plan it: relation "nope" does not exist' },
    ]);
    expect(status).toBe(0);
  });

  test('a statement of 5 MB', async () => {
    const values = Array.from({ length: 250_000 }, (_, index) => `(${index}, 'abcdefgh')`).join(', ');
    const { status, review } = await run(
      { ...base, 'migrations/0002_change.sql': `INSERT INTO orders VALUES ${values};` },
      ...second,
    );
    expect(review?.verdict).toBe('pass');
    expect(status).toBe(0);
  });

  test('10,000 queries', async () => {
    const columns = Array.from({ length: 14 }, (_, index) => `c${index}`);
    const lines = Array.from({ length: 10_000 }, (_, index) => {
      const selected = columns.filter((_, bit) => (index >> bit) % 2 === 1);
      return JSON.stringify({ sql: `SELECT ${['id', ...selected].join(', ')} FROM wide WHERE id = $1` });
    });
    const { status, review } = await run(
      {
        'migrations/0001_base.sql': `CREATE TABLE wide (id int PRIMARY KEY, ${columns.map((name) => `${name} int`).join(', ')});`,
        'migrations/0002_change.sql': 'SELECT 1;',
        'w.ndjson': lines.join('\n'),
      },
      ...second,
      '--workload',
      'w.ndjson',
    );
    expect(review?.queries.filter(({ base: before, head }) => before !== null && head !== null)).toHaveLength(
      10_000,
    );
    expect(status).toBe(0);
  });
});

describe('the verdict is the exit status', () => {
  const files = {
    ...base,
    'migrations/0002_change.sql': 'CREATE INDEX ON orders (status);',
    '.github/pg-guardrails.yml': 'tables: { orders: { rows: 5M } }',
  };

  test.each([
    [[], 1],
    [['--fail-on', 'critical'], 0],
    [['--fail-on', 'never'], 0],
    [['--fail-on', 'never', '--min-score', '70'], 1],
    [['--fail-on', 'never', '--min-score', '50'], 0],
  ])('%j', async (args, expected) => {
    expect((await run(files, ...second, ...args)).status).toBe(expected);
  });

  test('review.json is what its schema says', async () => {
    const { review } = await run(files, ...second);
    const schema: unknown = JSON.parse(readFileSync(join(root, 'docs/review.schema.json'), 'utf8'));
    if (typeof schema !== 'object' || schema === null) throw new Error('the schema is no object');
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect({ valid: validate(review), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });
});

test('with nothing to review, no server is started', async () => {
  using repository = new TestRepository(base);
  repository.git('checkout', '--quiet', '-b', 'feature');
  repository.commit({ 'README.md': 'hello' });
  const { status, stdout } = await start(repository.root, ['check', '--postgres-version', '15']).ended;
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^Nothing to review/) });
});

test.each(['SIGINT', 'SIGTERM'] as const)('on %s, the server is stopped and removed', async (signal) => {
  using project = new TestProject({ ...base, 'migrations/0002_change.sql': 'SELECT pg_sleep(1e6);' });
  const { child, ended } = start(project.root, ['check', '--new', '0002_change.sql']);
  for await (const text of child.stderr) if (String(text).includes('observing')) break;
  child.kill(signal);
  const { status } = await ended;
  expect(status).toBe(signal === 'SIGINT' ? 130 : 143);
});

test('on SIGINT, a migrate command is ended, and the files of the base are removed', async () => {
  using project = new TestRepository({ 'a.txt': 'base' });
  const command = 'echo "in $(pwd)"; exec sleep 1000';
  const { child, ended } = start(project.root, ['check', '--migrate-command', command]);
  let folder = '';
  for await (const text of child.stderr) {
    folder = /\| in (.*)/.exec(String(text))?.[1] ?? '';
    if (folder !== '') break;
  }
  expect(existsSync(join(folder, 'a.txt'))).toBe(true);
  child.kill('SIGINT');
  expect((await ended).status).toBe(130);
  expect(existsSync(folder)).toBe(false);
});

test('help and rules need no project', async () => {
  using project = new TestProject({});
  expect((await start(project.root, ['--help']).ended).stdout).toContain('check [options]');
  expect((await start(project.root, ['rules']).ended).stdout).toContain('query/rows-read');
  expect((await start(project.root, ['rules', 'query/rows-read']).ended).stdout).toContain('low from 10,000');
  const unknown = await start(project.root, ['rules', 'nope']).ended;
  expect({ status: unknown.status, stderr: unknown.stderr }).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('no rule "nope"'),
  });
});
