import { chmodSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { type Address, StatementFailed, TimeLimitReached } from '../../src/model/server.ts';
import { embeddedVersions } from '../../src/sandbox/embedded/binaries.ts';
import { startEmbedded } from '../../src/sandbox/embedded/embedded.ts';
import { TestServer } from '../support/server.ts';
import { TemporaryFolder } from '../support/temporary.ts';

const signal = new AbortController().signal;

/** Runs something with another TMPDIR. */
async function withTemporary(path: string, work: () => Promise<void>): Promise<void> {
  const before = process.env['TMPDIR'];
  process.env['TMPDIR'] = path;
  try {
    await work();
  } finally {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
  }
}

describe.each([...embeddedVersions.keys()])('PostgreSQL %i', (major) => {
  test('starts, says its version, and leaves nothing behind', async () => {
    using temporary = new TemporaryFolder();
    await withTemporary(temporary.path, async () => {
      await using sandbox = await startEmbedded({ major, limitMs: 10_000, signal });
      expect(sandbox.version.major).toBe(major);
      await using session = await sandbox.connect('postgres', 'owner');
      expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(temporary.contents().length).toBeGreaterThan(0);
    });
    expect(temporary.contents()).toEqual([]);
  });
});

test('a temporary folder that the server’s user cannot enter is not used', async () => {
  using temporary = new TemporaryFolder();
  chmodSync(temporary.path, 0o700);
  await withTemporary(temporary.path, async () => {
    await using sandbox = await startEmbedded({ major: 18, limitMs: 10_000, signal });
    expect(sandbox.version.major).toBe(18);
    expect(temporary.contents().length > 0).toBe(process.getuid?.() !== 0);
  });
});

describe('a session', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(18, 1_000);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('of the owner is no superuser and cannot run programs', async () => {
    await using session = await server.session();
    const [row] = await session.query("SELECT current_setting('is_superuser') AS superuser");
    expect(row?.['superuser']).toBe('off');
    await expect(session.script("COPY (SELECT 1) TO PROGRAM 'id'")).rejects.toThrow('permission denied');
  });

  test('sees nothing of our environment', async () => {
    process.env['PG_GUARDRAILS_SECRET'] = 'hidden';
    await using fresh = await TestServer.start(18);
    await using session = await fresh.session('', 'superuser');
    await session.script("CREATE TABLE seen (line text); COPY seen FROM PROGRAM 'env'");
    const lines = await session.query('SELECT line FROM seen');
    expect(lines.map((row) => String(row['line'])).filter((line) => line.includes('hidden'))).toEqual([]);
  });

  test('has the settings that the template’s database was given', async () => {
    await server.sandbox.createDatabase('configured');
    await using first = await server.sandbox.connect('configured', 'owner');
    await first.script("ALTER DATABASE configured SET search_path = 'elsewhere'");
    await first[Symbol.asyncDispose]();
    await server.sandbox.createDatabase('clone', 'configured');
    await using session = await server.sandbox.connect('clone', 'owner');
    expect(await session.query('SHOW search_path')).toEqual([{ search_path: 'elsewhere' }]);
  });

  test('whose connection is lost says so, and is in no transaction', async () => {
    await using session = await server.session();
    await session.script('BEGIN');
    await expect(session.query('SELECT pg_terminate_backend(pg_backend_pid())')).rejects.toThrow(
      StatementFailed,
    );
    expect(session.transaction()).toBe('none');
    await expect(session.query('SELECT 1')).rejects.toMatchObject({ error: { sqlstate: '08006' } });
  });

  test('refuses a second statement in one query', async () => {
    await using session = await server.session();
    await expect(session.query('SELECT 1; CREATE TABLE pwned ()')).rejects.toThrow(StatementFailed);
  });

  test('stops a statement that does not end, even one that lifts its own limit', async () => {
    await using session = await server.session();
    await session.script('SET statement_timeout = 0');
    await expect(session.query('SELECT pg_sleep(1000)')).rejects.toThrow(TimeLimitReached);
    expect(await session.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('that catches its cancellation is closed', async () => {
    await using session = await server.session();
    const stubborn = `DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(1000);
      EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$`;
    await expect(session.script(stubborn)).rejects.toThrow(TimeLimitReached);
  });

  test('counts the limit for each of the pipelined queries by itself', async () => {
    await using session = await server.session();
    const slow = Array.from({ length: 4 }, () => session.query('SELECT pg_sleep(0.4)'));
    await expect(Promise.all(slow)).resolves.toHaveLength(4);
  });
});

describe('for tools', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(18, 10_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  const failureOf = async (address: Address): Promise<string> => {
    const client = new pg.Client({ ...address, ssl: false });
    client.on('error', () => {});
    try {
      await client.connect();
      await client.end();
      return 'none';
    } catch (error) {
      return String(error);
    }
  };

  test('a server is reached over TCP as its owner, by password', async () => {
    const address = server.sandbox.address(await server.database());
    expect(address.host).toBe('127.0.0.1');
    expect(await failureOf(address)).toBe('none');
    expect(await failureOf({ ...address, password: 'other' })).toContain('password authentication failed');
    expect(await failureOf({ ...address, user: 'postgres' })).toContain('password authentication failed');
  });

  test('a server has an address only if it was started for them', async () => {
    await using other = await TestServer.start(18);
    expect(() => other.sandbox.address('postgres')).toThrow('not started for tools');
    await using session = await other.session('', 'superuser');
    expect(await session.query('SHOW listen_addresses')).toEqual([{ listen_addresses: '' }]);
  });
});

test('an abort stops a running server', async () => {
  const abort = new AbortController();
  const sandbox = await startEmbedded({ major: 18, limitMs: 10_000, signal: abort.signal });
  await using session = await sandbox.connect('postgres', 'owner');
  const sleeping = session.query('SELECT pg_sleep(1000)');
  abort.abort();
  await expect(sleeping).rejects.toThrow();
  await sandbox[Symbol.asyncDispose]();
});

test('a version that is not installed is told with the command that installs it', async () => {
  process.env['XDG_CACHE_HOME'] = '/nonexistent';
  try {
    await expect(startEmbedded({ major: 15, limitMs: 1000, signal })).rejects.toMatchObject({
      problems: [
        {
          message: 'PostgreSQL 15 is not installed here',
          hint: expect.stringContaining('npm install --prefix'),
        },
      ],
    });
  } finally {
    delete process.env['XDG_CACHE_HOME'];
  }
});
