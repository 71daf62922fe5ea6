import { cpSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import type { Insight } from '../../src/model/insight.ts';
import { runOn } from '../support/action-project.ts';
import { CommandLine } from '../support/command-line.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { TestProject } from '../support/project.ts';
import { TestPullRequest } from '../support/pull-request.ts';

const root = join(import.meta.dirname, '..', '..');
const fixtures = join(root, 'test', 'fixtures', 'programs', 'libraries');

const schema = `CREATE TABLE aircrafts (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE seats (aircraft_id int NOT NULL REFERENCES aircrafts, seat_no text NOT NULL, PRIMARY KEY (aircraft_id, seat_no));
INSERT INTO aircrafts SELECT n, 'aircraft ' || n FROM generate_series(1, 12) n;
INSERT INTO seats SELECT n, s || 'A' FROM generate_series(1, 12) n, generate_series(1, 3) s;
`;

interface Line {
  readonly sql: string;
  readonly file?: string;
  readonly line?: number;
}

describe('call sites of a program', () => {
  let commandLine: CommandLine;
  beforeAll(async () => {
    commandLine = await CommandLine.bundled('places-test');
  });

  async function captured(
    config: string,
  ): Promise<{ readonly source: readonly string[]; readonly lines: readonly Line[] }> {
    // A path with what a shell and NODE_OPTIONS would take apart.
    using project = new TestProject({
      'migrations/0001_base.sql': schema,
      '.github/pg-guardrails.yml': config,
    });
    const folder = join(project.root, 'src', 'it\'s "here"');
    cpSync(fixtures, folder, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(project.root, 'node_modules'));
    const argv = [process.execPath, join(folder, 'program.cjs')];
    const ended = await commandLine.start(project.root, ['capture', '--', ...argv]).ended;
    if (ended.status !== 0) throw new Error(ended.stderr);
    const text = readFileSync(join(project.root, 'workload.ndjson'), 'utf8');
    return {
      source: readFileSync(join(folder, 'program.cjs'), 'utf8').split('\n'),
      lines: text
        .trim()
        .split('\n')
        .map((line): Line => JSON.parse(line)),
    };
  }

  test('pg, Knex, TypeORM and Drizzle are found on the lines of the application that asked for it', async () => {
    const { source, lines } = await captured('');
    const marked = source.flatMap((text, index) => {
      const [, sql] = /; \/\/ (\S.*)$|, \/\/ (\S.*)$/.exec(text)?.filter((part) => part !== undefined) ?? [];
      return sql === undefined || sql.startsWith('(') ? [] : [{ sql, line: index + 1 }];
    });
    expect(marked.length).toBeGreaterThan(15);
    for (const { sql, line } of marked) {
      const sent = lines.filter((each) => each.sql.includes(sql));
      expect({ sql, places: [...new Set(sent.map((each) => `${each.file}:${each.line}`))] }).toEqual({
        sql,
        places: [`src/it's "here"/program.cjs:${line}`],
      });
    }
  });

  test('of what was sent from several lines and failed on one, no line is claimed', async () => {
    const { lines } = await captured('');
    const [sent] = lines.filter(({ sql }) => sql.includes('AS fails'));
    expect(sent).toBeDefined();
    expect(sent?.file).toBeUndefined();
  });

  test('TypeScript that Jest runs is found on its own lines, past a layer over the driver', async () => {
    using project = new TestProject({
      'migrations/0001_base.sql': schema,
      'package.json': '{ "type": "commonjs" }',
      'jest.config.cjs': `module.exports = { transform: { '\\\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' } } }] } };`,
      'src/layer.ts': `import { Pool } from 'pg';

interface Row { id: number }

export const pool = new Pool();

export async function query(text: string, values: unknown[] = []): Promise<Row[]> {
  const { rows } = await pool.query(text, values);
  return rows;
}
`,
      'src/seats.ts': `import { query } from './layer';

type Seats = unknown[];



export async function all(): Promise<Seats[]> {
  const found: Seats[] = [];
  for (const { id } of await query('SELECT id FROM aircrafts')) {
    found.push(await query('SELECT seat_no FROM seats WHERE aircraft_id = $1', [id]));
  }
  return found;
}
export const count = () => query('SELECT count(*) FROM seats');
`,
      'test/seats.test.ts': `import { pool } from '../src/layer';
import { all, count } from '../src/seats';

interface Unused { gone: string }

afterAll(() => pool.end());
test('seats', async () => {
  expect(await all()).toHaveLength(12);
  await count();
  await pool.query('DELETE FROM seats');
});
`,
    });
    symlinkSync(join(root, 'node_modules'), join(project.root, 'node_modules'));
    const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
    const argv = [process.execPath, jest, '--cacheDirectory', join(project.root, '.jest')];
    const ended = await commandLine.start(project.root, ['capture', '--', ...argv]).ended;
    expect(ended.stderr).toContain('1 passed');
    const lines = readFileSync(join(project.root, 'workload.ndjson'), 'utf8').trim().split('\n');
    const sent = lines.map((line): Line => JSON.parse(line));
    const places = new Map(sent.map(({ sql, file, line }) => [sql, `${file}:${line}`]));
    expect([...places]).toEqual([
      ['SELECT id FROM aircrafts', 'src/seats.ts:9'],
      ['SELECT seat_no FROM seats WHERE aircraft_id = $1', 'src/seats.ts:10'],
      ['SELECT count(*) FROM seats', 'src/seats.ts:14'],
      ['DELETE FROM seats', 'test/seats.test.ts:10'],
    ]);
  });

  test('nobody has to', async () => {
    const { lines } = await captured('call-sites: false\n');
    expect(lines.length).toBeGreaterThan(20);
    expect(lines.filter(({ file }) => file !== undefined)).toEqual([]);
  });
});

describe.each([
  { contexts: 'of Node 24', flags: [] },
  { contexts: 'of Node before it', flags: ['--no-async-context-frame'] },
])('requests of a program, with contexts $contexts', ({ flags }) => {
  interface Sent extends Line {
    readonly params?: readonly unknown[];
    readonly route?: string;
    readonly trace?: string;
  }

  let lines: readonly Sent[] = [];
  beforeAll(async () => {
    const commandLine = await CommandLine.bundled('requests-test');
    using project = new TestProject({ 'migrations/0001_base.sql': schema });
    cpSync(join(fixtures, '..', 'requests'), join(project.root, 'src'), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(project.root, 'node_modules'));
    const argv = [process.execPath, ...flags, join(project.root, 'src', 'program.cjs')];
    const ended = await commandLine.start(project.root, ['capture', '--', ...argv]).ended;
    if (ended.status !== 0) throw new Error(ended.stderr);
    const text = readFileSync(join(project.root, 'workload.ndjson'), 'utf8');
    lines = text
      .trim()
      .split('\n')
      .map((line): Sent => JSON.parse(line));
  });

  const sentFor = ({ params }: Sent) => (params === undefined ? '' : String(params[0]));

  test('each query is told for the request that it is sent for, whatever it waited for', () => {
    const told = lines.filter(({ sql }) => sql.includes('sent_for'));
    expect(told.length).toBeGreaterThan(120);
    const wrong = told.filter((line) => (line.route ?? 'none') !== sentFor(line).replace(/ #.*/, ''));
    expect(wrong).toEqual([]);
  });

  test('each request is a trace, of all of its connections', () => {
    const told = lines.filter(({ route }) => route !== undefined);
    const requests = Map.groupBy(told, ({ trace }) => trace);
    expect(requests.size).toBe(2 * 3 * 7);
    for (const [, sent] of requests) {
      const numbers = new Set(sent.filter(({ sql }) => sql.includes('sent_for')).map(sentFor));
      expect(numbers.size).toBe(1);
    }
  });

  test('transactions are whole, in the order in which the program sent them', () => {
    const requests = Map.groupBy(lines, ({ trace }) => trace);
    const orders = [...requests.values()].flatMap((sent) => {
      const order = sent.map(({ sql }) => (/^(?:begin|commit)/i.exec(sql)?.[0] ?? 'query').toLowerCase());
      return order.includes('begin') ? [order.join(' ')] : [];
    });
    const transaction = 'begin query query commit';
    // Express: one before a route is matched. Knex and postgres.js: one before the transaction.
    const expected = { [transaction]: 3, [`query ${transaction}`]: 9, [`query query ${transaction}`]: 6 };
    const apart = { [`${transaction} query`]: 3, [`query ${transaction} query`]: 3 };
    const times = Map.groupBy(orders, (order) => order);
    expect(Object.fromEntries([...times].map(([order, all]) => [order, all.length]))).toEqual({
      ...expected,
      ...apart,
    });
  });
});

describe('a pull request', () => {
  const dist = join(root, 'node_modules', '.cache', 'places-action-test');
  beforeAll(() => bundle(dist));
  afterAll(() => rmSync(dist, { recursive: true, force: true }));

  const loop = `import pg from 'pg';

const client = new pg.Client();
await client.connect();
const { rows } = await client.query('SELECT id, name FROM aircrafts ORDER BY id');
for (const { id } of rows) {
  await client.query('SELECT seat_no FROM seats WHERE aircraft_id = $1', [id]);
}
await client.end();
`;

  const config = 'tables:\n  aircrafts: { rows: 300 }\n  seats: { rows: 60k }\n';

  test('has a comment on the line of its program that sends a query for each row', async () => {
    const command = `capture-command: '"${process.execPath}" src/seats.mjs'\n`;
    using repository = new TestPullRequest(
      {
        'migrations/0001_base.sql': schema,
        '.github/pg-guardrails.yml': config + command,
        '.gitignore': 'node_modules\n',
      },
      { 'src/seats.mjs': loop },
    );
    symlinkSync(join(root, 'node_modules'), join(repository.root, 'node_modules'));
    await using github = await FakeGitHub.start(repository.pull);
    const end = await runOn(repository, github, { dist });
    expect(end.stderr).toBe('');
    const comments = github.repository.reviewComments;
    expect(comments.map(({ path, line }) => ({ path, line }))).toEqual([{ path: 'src/seats.mjs', line: 7 }]);
    expect(comments[0]?.body).toContain('trace/n-plus-one');
    expect(github.violations).toEqual([]);
  });

  test('has a comment where its text stands, if the capture tells of no line', async () => {
    const sent = [
      'SELECT id, name FROM aircrafts ORDER BY id',
      ...Array.from({ length: 12 }, () => 'SELECT seat_no FROM seats WHERE aircraft_id = %s'),
    ].map((sql, index) => {
      const query = { sql: sql.replace('%s', '$1'), ...(index > 0 ? { params: [index] } : {}) };
      return JSON.stringify({ ...query, trace: 'a', route: 'GET /aircrafts', rows: index > 0 ? 3 : 12 });
    });
    const python = `def seats(cursor, aircrafts):
    for aircraft in aircrafts:
        cursor.execute(
            """
            SELECT seat_no
            FROM seats
            WHERE aircraft_id = %s
            """,
            (aircraft.id,),
        )
`;
    using repository = new TestPullRequest(
      {
        'migrations/0001_base.sql': schema,
        '.github/pg-guardrails.yml': `${config}workload: [captured.ndjson]\n`,
        'captured.ndjson': '{"sql":"SELECT id, name FROM aircrafts ORDER BY id"}\n',
      },
      { 'app/seats.py': python, 'captured.ndjson': `${sent.join('\n').replaceAll('\n ', '\n')}\n` },
    );
    await using github = await FakeGitHub.start(repository.pull);
    const end = await runOn(repository, github, { dist });
    expect(end.stderr).toBe('');
    const places = github.repository.reviewComments.map(({ path, line }) => ({ path, line }));
    expect(places).toContainEqual({ path: 'app/seats.py', line: 5 });
    const found: readonly Insight[] = JSON.parse(JSON.stringify(end.report)).insights;
    expect(found.find(({ rule }) => rule === 'trace/n-plus-one')).toMatchObject({
      origin: 'introduced',
      location: { file: 'app/seats.py', line: 5 },
    });
  });
});
