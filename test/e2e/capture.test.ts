import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine, type Ended } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';
import { insightOf } from '../support/scenario.ts';
import { testedVersions } from '../support/server.ts';

const program = join(import.meta.dirname, '..', 'fixtures', 'programs', 'shop.mjs');
const repository = join(import.meta.dirname, '..', '..', 'package.json');

const schema = `CREATE TABLE aircrafts (aircraft_code text PRIMARY KEY, model text NOT NULL);
CREATE TABLE seats (aircraft_code text NOT NULL REFERENCES aircrafts, seat_no text NOT NULL, PRIMARY KEY (aircraft_code, seat_no));
INSERT INTO aircrafts SELECT 'A' || n, 'model ' || n FROM generate_series(1, 12) n;
INSERT INTO seats SELECT 'A' || n, s || 'A' FROM generate_series(1, 12) n, generate_series(1, 3) s;
`;

const newProject = () =>
  new TestProject({
    'migrations/0001_base.sql': schema,
    '.github/pg-guardrails.yml': 'tables:\n  aircrafts: { rows: 200 }\n  seats: { rows: 40k }\n',
  });

interface Line {
  readonly sql: string;
  readonly trace: string;
  readonly rows?: number;
  readonly route?: string;
  readonly line?: number;
}

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('capture-test');
});

async function run(
  project: TestProject,
  options: readonly string[],
  { parts, status = 0 }: { readonly parts: string; readonly status?: number },
): Promise<Ended & { readonly lines: readonly Line[] }> {
  const variables = [`REPOSITORY=${repository}`, `PARTS=${parts}`, `STATUS=${status}`];
  const command = ['env', ...variables, process.execPath, program];
  const ended = await commandLine.start(project.root, ['capture', ...options, '--', ...command]).ended;
  if (!existsSync(join(project.root, 'workload.ndjson'))) throw new Error(ended.stderr);
  const lines = readFileSync(join(project.root, 'workload.ndjson'), 'utf8').trim().split('\n');
  return { ...ended, lines: lines.map((line): Line => JSON.parse(line)) };
}

describe.each([Math.min(...testedVersions), Math.max(...testedVersions)])(
  'capture on PostgreSQL %i',
  (major) => {
    const version = ['--postgres-version', String(major)];

    test('the program runs as by itself, and what it sends is written down and reviewed', async () => {
      using project = newProject();
      const ended = await run(project, version, { parts: 'loop', status: 3 });
      expect(ended.status).toBe(3);
      expect(ended.stdout).toBe('3 passing\n');
      expect(ended.stderr).toContain('a warning\n');
      expect(ended.stderr).toContain('13 executions were written to workload.ndjson');
      expect(ended.lines).toHaveLength(13);
      expect(new Set(ended.lines.map(({ trace }) => trace)).size).toBe(1);
      expect(ended.lines[0]).toMatchObject({ rows: 12, route: 'GET /aircrafts' });
      expect(ended.lines[1]).toMatchObject({ params: ['A1'], rows: 3, line: 12 });

      const { review } = await commandLine.run(
        project.root,
        'check',
        '--new',
        '0001_base.sql',
        '--workload',
        'workload.ndjson',
        ...version,
      );
      if (review === null) throw new Error('no review');
      expect(insightOf(review, 'trace/n-plus-one')).toMatchObject({
        severity: 'medium',
        subject: { kind: 'trace', name: 'GET /aircrafts' },
        location: { file: 'src/shop.mjs', line: 12 },
        evidence: { facts: { count: 12 } },
      });
    });

    test('sessions side by side are traces of their own', async () => {
      using project = newProject();
      const { lines } = await run(project, version, { parts: 'parallel' });
      const sessions = Map.groupBy(lines, ({ trace }) => trace);
      expect(sessions.size).toBe(4);
      for (const sent of sessions.values()) {
        expect(sent.map(({ sql }) => sql.split(' ')[0])).toEqual(['BEGIN', 'INSERT', 'SELECT', 'COMMIT']);
      }
    });

    test('a suite that makes and drops a database of its own, and its given one, on an empty server', async () => {
      using project = newProject();
      const { status, lines } = await run(project, [...version, '--empty-database', '--quiet'], {
        parts: 'suite',
      });
      expect(status).toBe(0);
      expect(lines.map(({ sql }) => sql)).toEqual(
        expect.arrayContaining([
          'CREATE TABLE carts (id int PRIMARY KEY)',
          'SELECT id FROM carts WHERE id = $1',
        ]),
      );
    });

    test('an empty database has no tables', async () => {
      using project = newProject();
      const ended = await run(project, [...version, '--empty-database'], { parts: 'loop' }).catch(() => null);
      expect(ended?.status).not.toBe(0);
    });
  },
);

test('a program that is not there', async () => {
  using project = newProject();
  const ended = await commandLine.start(project.root, ['capture', '--', 'no-such-program']).ended;
  expect(ended).toMatchObject({ status: 2, stdout: '' });
  expect(ended.stderr).toContain('there is no program no-such-program');
});

describe('check with a capture command', () => {
  const check = async (project: TestProject, status: number, parts: string) => {
    const variables = `REPOSITORY=${repository} PARTS="${parts}" STATUS=${status}`;
    const command = `env ${variables} ${process.execPath} ${program}`;
    return commandLine.run(project.root, 'check', '--new', '0002_index.sql', '--capture-command', command);
  };

  const changed = () => {
    const project = newProject();
    project.write({
      'migrations/0002_index.sql': 'CREATE INDEX CONCURRENTLY seats_seat_no_idx ON seats (seat_no);',
    });
    return project;
  };

  test('what it sends is the workload', async () => {
    using project = changed();
    const { review, stderr } = await check(project, 0, 'loop');
    if (review === null) throw new Error(stderr);
    expect(review.queries).toHaveLength(2);
    expect(insightOf(review, 'trace/n-plus-one')).toMatchObject({
      origin: 'existing',
      location: { file: 'src/shop.mjs', line: 12 },
    });
    expect(review.unchecked.filter(({ subject }) => subject === 'capture command')).toEqual([]);
  });

  test('one that fails is told with its status and last lines, and what it sent is used', async () => {
    using project = changed();
    const { review, stderr } = await check(project, 3, 'loop');
    if (review === null) throw new Error(stderr);
    expect(review.queries).toHaveLength(2);
    const [told] = review.unchecked.filter(({ subject }) => subject === 'capture command');
    expect(told?.reason).toMatch(/failed.*with status 3.*a warning/s);
  });
});
