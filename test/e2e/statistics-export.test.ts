import { readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readStatisticsFile } from '../../src/statistics/file/read.ts';
import { CommandLine } from '../support/command-line.ts';
import { ProductionServer, reader } from '../support/production.ts';
import { TemporaryFolder } from '../support/temporary.ts';

let commandLine: CommandLine;
let server: ProductionServer;
let database: string;
let url: string;
/** Of a database with many tables. */
let wide: string;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('statistics-export-test');
  server = await ProductionServer.start(18);
  database = await server.server.database(
    'CREATE TABLE t AS SELECT i FROM generate_series(1, 99) i; ANALYZE;',
  );
  url = await server.urlFor(database, ...reader);
  const tables = `DO $$ BEGIN
    FOR i IN 1..900 LOOP EXECUTE format('CREATE TABLE t%s (a int, b int, c int, d int)', i); END LOOP;
  END $$`;
  wide = server.ownerUrl(await server.server.database(tables));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

async function run(folder: TemporaryFolder, ...args: readonly string[]) {
  return commandLine.start(folder.path, ['statistics', 'export', ...args]).ended;
}

test('a file is written whole, for its owner only, with progress beside it', async () => {
  using folder = new TemporaryFolder();
  const ended = await run(folder, url, '--output', 'production.json');
  expect(ended).toEqual({
    status: 0,
    stdout: '',
    stderr: 'connecting\nreading tables 1 to 1 of 1\nreading extended statistics\nreading queries\n',
  });
  const file = join(folder.path, 'production.json');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(await readStatisticsFile(file)).toMatchObject({ relations: [{ name: 't', rows: 99 }] });
});

test('without a file it goes to standard output, and says nothing when quiet', async () => {
  using folder = new TemporaryFolder();
  const { status, stdout, stderr } = await run(folder, url, '--quiet', '--redact');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(JSON.parse(stdout)).toMatchObject({ version: 1, redacted: true, relations: [{ name: 't' }] });
});

test('a socket is reached by its directory', async () => {
  await using session = await server.server.sandbox.connect(database, 'superuser');
  const [row] = await session.query('SHOW unix_socket_directories');
  const { port, username } = new URL(url);
  const host = encodeURIComponent(String(row?.['unix_socket_directories']));
  using folder = new TemporaryFolder();
  const ended = await run(
    folder,
    `postgresql://${username}@/${database}?host=${host}&port=${port}`,
    '--quiet',
  );
  expect(ended).toMatchObject({ status: 0, stderr: '' });
});

describe('what keeps it from running is told in a sentence, with exit status 2 and nothing written', () => {
  const changed = (change: (url: URL) => void) => () => {
    const other = new URL(url);
    change(other);
    return other.href;
  };
  test.each<[string, () => string, readonly string[], RegExp]>([
    ['an address that is none', () => 'nowhere', [], /^the URL of the server is not one of PostgreSQL\n/],
    [
      'an address of something else',
      () => 'mysql://u:sekret@localhost/x',
      [],
      /^the URL of the server is not one/,
    ],
    [
      'a wrong password',
      changed((to) => {
        to.password = 'sekret';
      }),
      [],
      /^cannot connect to 127\.0\.0\.1:\d+\/test_1: password authentication failed for user "reader_1"\n/,
    ],
    [
      'a database that is missing',
      changed((to) => {
        to.pathname = '/sekretless';
      }),
      [],
      /: database "sekretless" does not exist\n/,
    ],
    [
      'a port at which nobody listens',
      changed((to) => {
        to.port = '1';
      }),
      [],
      /^cannot connect to 127\.0\.0\.1:1\/test_1: connect ECONNREFUSED/,
    ],
    [
      'a host that is missing',
      changed((to) => {
        to.hostname = 'nowhere.invalid';
      }),
      [],
      /there is no such host/,
    ],
    [
      'TLS that is asked for and not spoken',
      changed((to) => {
        to.searchParams.set('sslmode', 'require');
      }),
      [],
      /does not support SSL/,
    ],
    [
      'a pattern that matches nothing',
      () => url,
      ['--include', 'nope.*'],
      /^no table of the database matches --include nope/,
    ],
    ['a limit that is none', () => url, ['--statement-timeout', 'soon'], /Expected a duration/],
    [
      'a limit that is too short',
      () => wide,
      ['--statement-timeout', '1ms'],
      /took too long\n {2}allow more with --statement-timeout/,
    ],
    ['a folder that is missing', () => url, ['--output', 'no/such/folder.json'], /cannot be written/],
  ])('%s', async (_, address, args, message) => {
    using folder = new TemporaryFolder();
    const output = args.includes('--output') ? [] : ['--output', 'production.json'];
    const { status, stdout, stderr } = await run(folder, address(), '--quiet', ...output, ...args);
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/at .*\.js:\d+|defect|p@ss|p%40ss|:sekret/);
    expect({ status, stdout, left: readdirSync(folder.path) }).toEqual({ status: 2, stdout: '', left: [] });
  });

  test('a server that is none', async () => {
    const other = createServer((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : null;
    using folder = new TemporaryFolder();
    const { status, stderr } = await run(folder, `postgresql://u:sekret@127.0.0.1:${port}/x`, '--quiet');
    other.close();
    expect(status).toBe(2);
    expect(stderr).toMatch(/^cannot connect to 127\.0\.0\.1:\d+\/x: /);
    expect(stderr).not.toContain('sekret');
  });
});

test('a file that is there stays as it was until the new one is whole', async () => {
  using folder = new TemporaryFolder();
  await run(folder, url, '--quiet', '--output', 'production.json');
  const before = readFileSync(join(folder.path, 'production.json'), 'utf8');
  const { status } = await run(folder, url, '--quiet', '--output', 'production.json', '--exclude', 'nope');
  expect(status).toBe(2);
  expect(readFileSync(join(folder.path, 'production.json'), 'utf8')).toBe(before);
});

test('a reader that goes away is no defect', async () => {
  using folder = new TemporaryFolder();
  const { child, ended } = commandLine.start(folder.path, ['statistics', 'export', wide]);
  child.stdout.once('data', () => child.stdout.destroy());
  const { status, stderr } = await ended;
  expect(stderr).toMatch(/\nthe output was closed before it was whole\n$/);
  expect(status).toBe(2);
});

test('an interruption ends it, and leaves nothing', async () => {
  await using session = await server.server.sandbox.connect(database, 'owner');
  await session.script('BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE;');
  using folder = new TemporaryFolder();
  const { child, ended } = commandLine.start(folder.path, [
    'statistics',
    'export',
    url,
    '--output',
    'production.json',
  ]);
  child.stderr.on('data', (text: string) => {
    if (text.includes('reading tables')) child.kill('SIGTERM');
  });
  expect(await ended).toMatchObject({ status: 143 });
  expect(readdirSync(folder.path)).toEqual([]);
});
