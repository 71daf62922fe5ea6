import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import { type Sandbox, TimeLimitReached } from '../../src/model/server.ts';
import type { TableSize } from '../../src/model/statistics.ts';
import { startContainer } from '../../src/sandbox/container/container.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { base, change, runOn } from '../support/action-project.ts';
import { docker, testImage } from '../support/container-engine.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { TestPullRequest } from '../support/pull-request.ts';
import { sendAll } from '../support/sent.ts';

const root = join(import.meta.dirname, '..', '..');
const image = testImage();
const never = new AbortController().signal;
const limitMs = 60_000;
const began = Math.floor(Date.now() / 1000);
const volumesBefore = docker('volume', 'ls', '--quiet');

function containersOf(pid: number | undefined): readonly string[] {
  const label = `label=org.pg-guardrails.process=${hostname()}:${pid}`;
  return docker('ps', '--all', '--filter', label, '--format', '{{.Names}}');
}

/** An image like ours whose container runs another program. */
function imageThatRuns(...program: readonly string[]): { readonly name: string } & Disposable {
  const name = 'pg-guardrails-test/other';
  const [container = ''] = docker('create', image);
  docker('commit', '--change', `ENTRYPOINT ${JSON.stringify(program)}`, container, name);
  docker('rm', '--volumes', container);
  return { name, [Symbol.dispose]: () => void docker('rmi', name) };
}

afterAll(() => {
  expect(docker('volume', 'ls', '--quiet')).toEqual(volumesBefore);
});

describe('a container', () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    process.env['PG_GUARDRAILS_SECRET'] = 'hidden';
    sandbox = await startContainer({ image, limitMs: 500, signal: never });
  });
  afterAll(async () => {
    await sandbox[Symbol.asyncDispose]();
    expect(containersOf(process.pid)).toEqual([]);
  });

  test('says its version, and is set up like an embedded server', async () => {
    expect(sandbox).toMatchObject({ kind: 'container', version: { major: 18 } });
    await using session = await sandbox.connect('postgres', 'owner');
    const [row] = await session.query(
      `SELECT datcollate AS locale, pg_encoding_to_char(encoding) AS encoding, current_setting('fsync') AS fsync,
         current_setting('autovacuum') AS autovacuum, current_setting('wal_segment_size') AS segment
       FROM pg_database WHERE datname = 'template1'`,
    );
    expect(row).toEqual({
      locale: 'C.UTF-8',
      encoding: 'UTF8',
      fsync: 'off',
      autovacuum: 'off',
      segment: '1MB',
    });
  });

  test('is found by its labels, mounts nothing, has few rights and serves this machine only', () => {
    const [name = ''] = containersOf(process.pid);
    expect(docker('ps', '--filter', 'label=org.pg-guardrails=sandbox', '--format', '{{.Names}}')).toContain(
      name,
    );
    const [inspected] = JSON.parse(docker('inspect', name).join('\n'));
    expect(inspected.HostConfig.Binds).toBeNull();
    expect(inspected.NetworkSettings.Ports['5432/tcp']).toEqual([
      { HostIp: '127.0.0.1', HostPort: expect.any(String) },
    ]);
    expect(inspected.HostConfig).toMatchObject({
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Privileged: false,
    });
  });

  test('lets the owner be no superuser, who cannot run programs', async () => {
    await using session = await sandbox.connect('postgres', 'owner');
    const [row] = await session.query("SELECT current_setting('is_superuser') AS superuser");
    expect(row?.['superuser']).toBe('off');
    await expect(session.script("COPY (SELECT 1) TO PROGRAM 'id'")).rejects.toThrow('permission denied');
  });

  test('sees nothing of our environment', async () => {
    await using session = await sandbox.connect('postgres', 'superuser');
    await session.script("CREATE TEMP TABLE seen (line text); COPY seen FROM PROGRAM 'env'");
    const rows = await session.query('SELECT line FROM seen');
    const lines = rows.map((row) => String(row['line']));
    expect(lines).toContainEqual(expect.stringMatching(/^PGDATA=/));
    expect(lines.filter((line) => line.includes('hidden'))).toEqual([]);
  });

  test('stops a statement that does not end', async () => {
    await using session = await sandbox.connect('postgres', 'owner');
    await session.script('SET statement_timeout = 0');
    await expect(session.query('SELECT pg_sleep(1000)')).rejects.toThrow(TimeLimitReached);
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('makes a table of 5 GB that is planned as one', async () => {
    await sandbox.createDatabase('twin');
    await using session = await sandbox.connect('twin', 'superuser');
    await session.script('CREATE TABLE big (id bigint PRIMARY KEY, name text)');
    const catalogue = await readCatalogue(session);
    const [table] = catalogue.tables;
    const pages = (5 * 1024 ** 3) / 8192;
    const size: TableSize = { rows: 50_000_000, pages, width: 100, source: 'declared' };
    await growTwin(
      sandbox,
      { superuser: session, owner: session },
      catalogue,
      new Map([[table?.oid ?? 0, { size, columns: [], imported: null }]]),
    );
    const [measured] = await session.query("SELECT pg_relation_size('big') / 8192 AS pages");
    expect(Number(measured?.['pages'])).toBe(pages);
    const [explained] = await session.query('EXPLAIN (FORMAT JSON) SELECT * FROM big');
    // A sequential scan costs 1 for each page and 0.01 for each row.
    expect(explained).toMatchObject({
      'QUERY PLAN': [{ Plan: { 'Plan Rows': 50_000_000, 'Total Cost': pages + 500_000 } }],
    });
  });

  test('extends thousands of files, and says so when it cannot', async () => {
    const files = Array.from({ length: 10_000 }, (_, index) => ({
      path: `base/1/many_${index}`,
      bytes: 8192 * (index + 1),
    }));
    await sandbox.grow(files);
    await using session = await sandbox.connect('postgres', 'superuser');
    const [row] = await session.query(
      `SELECT count(*)::int AS files, sum((pg_stat_file('base/1/' || name)).size)::float8 AS bytes
       FROM pg_ls_dir('base/1') AS name WHERE name LIKE 'many%'`,
    );
    expect(row).toEqual({ files: 10_000, bytes: 8192 * ((10_000 * 10_001) / 2) });
    await expect(sandbox.grow([{ path: 'base/none/1; id', bytes: 8192 }])).rejects.toMatchObject({
      problems: [
        {
          message: 'files in the container cannot be extended',
          hint: expect.stringMatching(/base\/none\/1; id.*No such file or directory/),
        },
      ],
    });
  });
});

describe('a container that does not start is told about and gone', () => {
  afterEach(() => {
    expect(containersOf(process.pid)).toEqual([]);
  });

  test('when its image does not exist', async () => {
    const starting = startContainer({ image: 'localhost:1/nobody/nothing:0', limitMs, signal: never });
    await expect(starting).rejects.toMatchObject({
      name: 'CannotReview',
      problems: [
        {
          message: 'the image localhost:1/nobody/nothing:0 cannot be pulled',
          hint: expect.stringContaining('--postgres-image'),
        },
      ],
      cause: expect.anything(),
    });
  });

  test('when it ends at once', async () => {
    using other = imageThatRuns('sh', '-c', 'echo the disk is gone >&2; exit 3');
    const at = performance.now();
    await expect(startContainer({ image: other.name, limitMs, signal: never })).rejects.toMatchObject({
      problems: [
        {
          message: `the container of ${other.name} ended with status 3 before PostgreSQL answered`,
          hint: 'the disk is gone',
        },
      ],
    });
    expect(performance.now() - at).toBeLessThan(5_000);
  });

  test('when the engine cannot run it', async () => {
    using other = imageThatRuns('nonsense');
    await expect(startContainer({ image: other.name, limitMs, signal: never })).rejects.toMatchObject({
      problems: [
        {
          message: `the engine cannot run a container of ${other.name}`,
          hint: expect.stringContaining('"nonsense": executable file not found'),
        },
      ],
      cause: expect.anything(),
    });
  });

  test('when PostgreSQL in it does not answer in time', async () => {
    using other = imageThatRuns('sh', '-c', 'echo waiting; exec sleep 600');
    const starting = startContainer({ image: other.name, limitMs, signal: never, readyMs: 300 });
    await expect(starting).rejects.toMatchObject({
      problems: [
        {
          message: `PostgreSQL in a container of ${other.name} did not answer within 0.3 s`,
          hint: expect.stringMatching(/\nwaiting$/),
        },
      ],
      cause: expect.anything(),
    });
  });

  test.each([0, 30, 100, 300])('when it is aborted after %i ms', async (after) => {
    const starting = startContainer({ image, limitMs, signal: AbortSignal.timeout(after) });
    await expect(starting).rejects.toMatchObject({ name: 'TimeoutError' });
  });
});

test('a container for tools tells what they send', async () => {
  await using sandbox = await startContainer({ image, limitMs, signal: never, forTools: true });
  await sandbox.createDatabase('shop');
  const sent = await sendAll(sandbox, 'shop', [['a', 'SELECT $1::text', ['one']]]);
  expect(sent).toMatchObject([{ text: 'SELECT $1::text', parameters: ['one'], failed: false }]);
});

test('an abort stops a running server', async () => {
  const abort = new AbortController();
  const sandbox = await startContainer({ image, limitMs, signal: abort.signal });
  await using session = await sandbox.connect('postgres', 'owner');
  const sleeping = session.query('SELECT pg_sleep(1000)');
  abort.abort();
  await expect(sleeping).rejects.toThrow();
  await sandbox[Symbol.asyncDispose]();
  expect(containersOf(process.pid)).toEqual([]);
});

test('a process that just exits leaves no container', () => {
  const module = JSON.stringify(join(root, 'src', 'sandbox', 'container', 'container.ts'));
  const program = `
    const { startContainer } = await import(${module});
    await startContainer({ image: '${image}', limitMs: 1000, signal: new AbortController().signal });
    console.log('started');
    process.exit(7);
  `;
  const child = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { encoding: 'utf8' });
  expect(child).toMatchObject({ status: 7, stdout: 'started\n' });
  expect(containersOf(child.pid)).toEqual([]);
});

describe('the command', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pg-guardrails-test-'));
  const dist = join(folder, 'dist');
  const project = join(folder, 'airlines');
  beforeAll(async () => {
    cpSync(join(root, 'examples', 'airlines'), project, { recursive: true });
    await bundle(dist);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function run(program: string, args: readonly string[], nodeArguments: readonly string[] = []) {
    return spawnSync(process.execPath, [...nodeArguments, program, ...args], {
      cwd: project,
      encoding: 'utf8',
    });
  }

  const check = ['check', '--quiet', '--new', '0006_departure_board.sql', '--workload', 'workload.ndjson'];
  const inContainer = [...check, '--postgres', 'container', '--postgres-image', image];

  function insightsIn(report: string): readonly string[] {
    const { insights } = JSON.parse(readFileSync(join(project, report), 'utf8'));
    const seen = insights.map(
      (each: Record<'rule' | 'severity' | 'origin' | 'fingerprint', string>) =>
        `${each.fingerprint} ${each.rule} ${each.severity} ${each.origin}`,
    );
    return seen.toSorted();
  }

  test('bundled and far from node_modules, finds the same in a container as on an embedded server', () => {
    const embedded = run(join(root, 'src', 'cli.ts'), [...check, '--report', 'json=embedded.json']);
    const contained = run(join(dist, 'cli.js'), [...inContainer, '--report', 'json=contained.json']);
    expect({ status: contained.status, stderr: contained.stderr }).toEqual({ status: 1, stderr: '' });
    expect(embedded.status).toBe(1);
    expect(insightsIn('contained.json').length).toBeGreaterThan(0);
    expect(insightsIn('contained.json')).toEqual(insightsIn('embedded.json'));
    expect(containersOf(contained.pid)).toEqual([]);
  });

  test('as the Action, takes a container where nobody says otherwise', async () => {
    using repository = new TestPullRequest(base, change);
    await using github = await FakeGitHub.start(repository.pull);
    const inputs = { postgres: '', 'postgres-image': image };
    const end = await runOn(repository, github, { dist, inputs });
    expect({ status: end.status, stderr: end.stderr }).toEqual({ status: 1, stderr: '' });
    expect(end.report).toMatchObject({ postgres: { sandbox: 'container' }, verdict: 'fail' });
    expect(github.repository.comments).toHaveLength(1);
    expect(github.violations).toEqual([]);
  });

  test.each(['SIGINT', 'SIGTERM'] as const)('ends on %s and leaves no container', async (signal) => {
    const child = spawn(process.execPath, [join(dist, 'cli.js'), ...inContainer], {
      cwd: project,
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    while (child.exitCode === null && containersOf(child.pid).length === 0) await pause(20);
    child.kill(signal);
    expect(await ended).toEqual([signal === 'SIGINT' ? 130 : 143, null]);
    expect(containersOf(child.pid)).toEqual([]);
  });

  test('says what to do where no engine answers', () => {
    // On a platform that testcontainers knows no socket of.
    const platform = 'data:text/javascript,Object.defineProperty(process,"platform",{value:"aix"})';
    const { status, stdout, stderr } = run(join(dist, 'cli.js'), inContainer, ['--import', platform]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toBe(
      'no container engine answers\n' +
        '  start Docker, or set DOCKER_HOST to where one answers, or use --postgres embedded\n',
    );
  });

  test('loads what runs containers only where one is asked for', () => {
    const chunks = globSync(join(dist, 'container-*.js'));
    expect(chunks).toHaveLength(1);
    for (const chunk of chunks) rmSync(chunk);
    expect(run(join(dist, 'cli.js'), ['rules']).status).toBe(0);
    expect(run(join(dist, 'cli.js'), inContainer).stderr).toContain('ERR_MODULE_NOT_FOUND');
  });
});

test('no reaper was ever created', () => {
  const now = Math.floor(Date.now() / 1000);
  const created = docker(
    ...['events', '--since', String(began), '--until', String(now)],
    ...['--filter', 'type=container', '--filter', 'event=create', '--format', '{{.Actor.Attributes.image}}'],
  );
  expect(created).toContain(image);
  expect(created.filter((each) => each !== image && !each.startsWith('pg-guardrails-test/'))).toEqual([]);
});
