import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { commandEnvironment } from '../../../src/command/environment.ts';
import { recordStatements } from '../../../src/workload/capture/record.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const schema = `CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text);
CREATE TABLE posts (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint REFERENCES users, title text);`;

/** A line of a workload file. */
interface Line {
  readonly sql: string;
  readonly params?: readonly unknown[];
  readonly trace?: string;
  readonly rows?: number;
  readonly of?: 'migration';
}

type Suite = (
  connect: (database?: string) => Promise<pg.Client>,
  env: Record<string, string>,
) => Promise<void>;

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Runs a suite, and returns what was written and what a review makes of it. */
  async function record(suite: Suite, state: 'migrated' | 'empty' = 'migrated') {
    using project = new TestProject({});
    const database = await server.database(state === 'migrated' ? schema : '');
    const address = server.sandbox.address(database);
    const file = join(project.root, 'workload.ndjson');
    const open: pg.Client[] = [];
    const connect = async (name = database) => {
      const client = new pg.Client({ ...address, database: name });
      // The server ends what is left open.
      client.on('error', () => {});
      await client.connect();
      open.push(client);
      return client;
    };
    const env = commandEnvironment({}, address);
    const recording = { database, schema: state, file, findPlaces: async () => null };
    const { executions } = await recordStatements(server.sandbox, recording, () => suite(connect, env));
    for (const client of open) await client.end().catch(() => {});
    const text = readFileSync(file, 'utf8');
    const lines = text.split('\n').flatMap((line): Line[] => (line === '' ? [] : [JSON.parse(line)]));
    expect(lines).toHaveLength(executions);
    return { lines, text, workload: await readWorkload(project.root, ['workload.ndjson']) };
  }

  const sqlOf = (lines: readonly { readonly sql: string }[]) => lines.map(({ sql }) => sql);

  test('databases of workers, from templates and from scratch, are captured too', async () => {
    const { workload } = await record(async (connect, { PGDATABASE = '' }) => {
      const admin = await connect('postgres');
      for (const worker of [1, 2]) {
        await admin.query(`CREATE DATABASE app_test_${worker} TEMPLATE "${PGDATABASE}"`);
        const client = await connect(`app_test_${worker}`);
        await client.query('INSERT INTO users (email) VALUES ($1)', [`${worker}@example.org`]);
        await client.query('SELECT id FROM users WHERE email = $1', ['x']);
        await client.query('TRUNCATE users, posts RESTART IDENTITY CASCADE');
        await client.end();
        await admin.query(`DROP DATABASE app_test_${worker}`);
      }
      await admin.query('CREATE DATABASE scratch TEMPLATE template1');
      await admin.query(`DROP DATABASE "${PGDATABASE}"`);
    });
    expect(workload.queries.map(({ sql, calls }) => [sql, calls])).toEqual([
      ['INSERT INTO users (email) VALUES ($1)', 2],
      ['SELECT id FROM users WHERE email = $1', 2],
    ]);
    expect(workload.unchecked).toEqual([]);
  });

  test('a schema of each test stands for the project’s', async () => {
    const { workload } = await record(async (connect) => {
      const client = await connect();
      for (const name of ['test_a', 'test_b']) {
        await client.query(`CREATE SCHEMA ${name}`);
        await client.query(`SET search_path TO ${name}`);
        await client.query(schema);
        await client.query(
          `SELECT "${name}"."users"."email" FROM "${name}"."users" WHERE "${name}"."users"."id" = $1`,
          [1],
        );
        await client.query('SELECT title FROM posts WHERE user_id = $1', [1]);
        await client.query(`DROP SCHEMA ${name} CASCADE`);
      }
    });
    expect(workload.queries.map(({ sql, calls }) => [sql, calls])).toEqual([
      ['SELECT "users"."email" FROM "users" WHERE "users"."id" = $1', 2],
      ['SELECT title FROM posts WHERE user_id = $1', 2],
    ]);
    expect(
      workload.traces.flatMap(({ statements }) => statements.filter((each) => each.isDefinition)),
    ).toEqual([]);
    expect(workload.unchecked).toEqual([]);
  });

  test('migrations that the suite runs are set apart from what its tests send through the same session', async () => {
    const { workload, lines } = await record(async (connect) => {
      const client = await connect();
      await client.query('CREATE TABLE IF NOT EXISTS schema_migrations (version text PRIMARY KEY)');
      for (const version of ['1', '2']) {
        await client.query('SELECT version FROM schema_migrations');
        await client.query('BEGIN');
        if (version === '1') await client.query(schema);
        await client.query(`UPDATE users SET email = lower(email)`);
        await client.query('INSERT INTO schema_migrations VALUES ($1)', [version]);
        await client.query('COMMIT');
      }
      await client.query('BEGIN');
      await client.query('SELECT email FROM users WHERE id = $1', [3]);
      await client.query('ROLLBACK');
      await client.query('SELECT version FROM schema_migrations');
    }, 'empty');
    expect(sqlOf(workload.queries)).toEqual(['SELECT email FROM users WHERE id = $1']);
    expect(sqlOf(workload.migrations.flatMap(({ statements }) => statements))).toContain(
      'UPDATE users SET email = lower(email)',
    );
    expect(sqlOf(lines.filter(({ of }) => of === undefined))).toEqual([
      'BEGIN',
      'SELECT email FROM users WHERE id = $1',
      'ROLLBACK',
    ]);
  });

  test('a schema that an ORM synchronises in a database of the suite is preparation, and none in the given one', async () => {
    const synchronise: Suite = async (connect) => {
      const admin = await connect();
      await admin.query('CREATE DATABASE synchronised');
      const client = await connect('synchronised');
      await client.query('BEGIN');
      await client.query('CREATE TABLE things (id int PRIMARY KEY)');
      await client.query('COMMIT');
      await client.query('INSERT INTO things VALUES ($1), ($2)', [1, 2]);
      await client.end();
      await admin.query('CREATE TABLE at_run_time (id int)');
      await admin.query('DROP DATABASE synchronised');
    };
    const { workload, lines } = await record(synchronise);
    const definitions = workload.traces.flatMap(({ statements }) =>
      statements.filter((each) => each.isDefinition),
    );
    expect(sqlOf(definitions)).toEqual(['CREATE TABLE at_run_time (id int)']);
    expect(workload.queries.map(({ sql }) => sql)).toEqual(['INSERT INTO things VALUES ($1), ($2)']);
    expect(lines.find(({ sql }) => sql.startsWith('INSERT'))?.rows).toBe(2);
  });

  test('each test that is wrapped in a transaction and rolled back is a trace, without that transaction', async () => {
    const { workload, lines } = await record(async (connect) => {
      const client = await connect();
      for (const id of [1, 2, 3]) {
        await client.query('BEGIN');
        await client.query('SELECT email FROM users WHERE id = $1', [id]);
        await client.query('SAVEPOINT request');
        await client.query('INSERT INTO posts (title) VALUES ($1)', ['x']);
        await client.query('ROLLBACK TO SAVEPOINT request');
        await client.query('ROLLBACK');
      }
      // An application commits, and seldom rolls back.
      const application = await connect();
      for (const end of ['COMMIT', 'COMMIT', 'ROLLBACK']) {
        await application.query('BEGIN');
        await application.query('SELECT title FROM posts WHERE id = $1', [1]);
        await application.query(end);
      }
    });
    const tests = workload.traces.filter(({ id }) => / test \d$/.test(id));
    expect(tests.map(({ occurrences, statements }) => [occurrences, sqlOf(statements)])).toEqual([
      [
        3,
        [
          'SELECT email FROM users WHERE id = $1',
          'SAVEPOINT request',
          'INSERT INTO posts (title) VALUES ($1)',
          'ROLLBACK TO SAVEPOINT request',
        ],
      ],
    ]);
    expect(workload.traces).toHaveLength(2);
    expect(lines).toHaveLength(3 * 6 + 3 * 3);
  });

  test('several statements at once, cursors, COPY, prepared statements and pipelines are read as what they hold', async () => {
    const { lines } = await record(async (connect, { DATABASE_URL: connectionString = '' }) => {
      const client = await connect();
      await client.query(
        `INSERT INTO users (email) VALUES ('a;b'), ('c'); SELECT count(*) FROM users; SELECT id FROM users`,
      );
      await client.query(`PREPARE by_email (text, int) AS SELECT id FROM users WHERE email = $1 AND id > $2`);
      await client.query(`EXECUTE by_email('it''s', 1)`);
      await client.query({ name: 'named', text: 'SELECT email FROM users WHERE id = $1', values: [1] });
      await client.query({ name: 'named', text: 'SELECT email FROM users WHERE id = $1', values: [2] });
      await client.query('BEGIN');
      await client.query('DECLARE "c 1" NO SCROLL CURSOR WITH HOLD FOR SELECT id, email FROM users');
      await client.query('FETCH FORWARD 1 FROM "c 1"');
      await client.query('FETCH FORWARD 1 FROM "c 1"');
      await client.query('COMMIT');
      const piped = new pg.Client({ connectionString, pipeline: true });
      await piped.connect();
      await Promise.all([1, 2, 3].map((id) => piped.query('SELECT title FROM posts WHERE id = $1', [id])));
      await piped.end();
    });
    const found = lines.map(({ sql, params, rows }) => [sql, params ?? null, rows ?? null]);
    expect(found).toEqual(
      expect.arrayContaining([
        [`INSERT INTO users (email) VALUES ('a;b'), ('c')`, null, null],
        ['SELECT count(*) FROM users', null, null],
        ['SELECT id FROM users', null, null],
        ['SELECT id FROM users WHERE email = $1 AND id > $2', ["it's", '1'], null],
        ['SELECT email FROM users WHERE id = $1', ['1'], 1],
        ['SELECT email FROM users WHERE id = $1', ['2'], 1],
        ['SELECT id, email FROM users', null, null],
        ['SELECT title FROM posts WHERE id = $1', ['1'], 0],
        ['SELECT title FROM posts WHERE id = $1', ['2'], 0],
        ['SELECT title FROM posts WHERE id = $1', ['3'], 0],
      ]),
    );
    expect(lines.filter(({ sql }) => sql === 'SELECT id, email FROM users')).toHaveLength(1);
    expect(lines.filter(({ sql }) => sql.startsWith('SELECT title'))).toHaveLength(3);
    expect(lines.filter(({ sql }) => sql === 'SELECT id FROM users')).toHaveLength(1);
  });

  test('the role may do what the usual superuser may, and may not afterwards', async () => {
    const { workload } = await record(async (connect) => {
      const client = await connect();
      await client.query('CREATE ROLE app_reader LOGIN PASSWORD $$secret$$');
      await client.query('GRANT SELECT ON users TO app_reader');
      await client.query('ALTER TABLE posts DISABLE TRIGGER ALL');
      await client.query('ALTER TABLE posts OWNER TO postgres');
      await client.query(`ALTER SYSTEM SET random_page_cost = '1'`);
      await client.query('SET ROLE app_reader');
      await client.query('SELECT email FROM users WHERE id = $1', [1]);
    });
    expect(sqlOf(workload.queries)).toEqual(['SELECT email FROM users WHERE id = $1']);
    await using session = await server.session();
    expect(
      await session.query('SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user'),
    ).toEqual([{ rolsuper: false, rolcreatedb: false }]);
    expect(
      await session.query("SELECT rolname FROM pg_roles WHERE rolsuper AND rolname = 'postgres'"),
    ).toEqual([]);
    expect(await session.query('SHOW random_page_cost')).toEqual([{ random_page_cost: '4' }]);
    expect(await session.query('SELECT count(*)::int FROM pg_db_role_setting')).toEqual([{ count: 0 }]);
  });

  test('programs that copy a database are no application', async () => {
    const { lines, workload } = await record(async (_connect, { DATABASE_URL: connectionString = '' }) => {
      const client = new pg.Client({ connectionString, application_name: 'pg_dump' });
      await client.connect();
      await client.query('COPY users (id, email) TO stdout').catch(() => {});
      await client.query('SELECT id FROM users');
      await client.end();
    });
    expect(lines).toEqual([]);
    expect(workload.queries).toEqual([]);
  });

  test('more connections than a pool of four workers has', async () => {
    const { lines } = await record(async (connect) => {
      const clients = await Promise.all(Array.from({ length: 40 }, () => connect()));
      await Promise.all(clients.map((client) => client.query('SELECT id FROM users')));
    });
    expect(lines).toHaveLength(40);
    expect(new Set(lines.map(({ trace }) => trace)).size).toBe(40);
  });

  test('a log of several files is read whole', async () => {
    const count = 1_500;
    const filler = 'x'.repeat(40_000);
    const { lines } = await record(async (connect) => {
      const client = await connect();
      for (let n = 0; n < count; n += 1) {
        await client.query('SELECT id FROM users WHERE email = $1 AND id = $2', [filler, n]);
      }
    });
    expect(lines.map(({ params }) => Number(params?.[1]))).toEqual(
      Array.from({ length: count }, (_, n) => n),
    );
  });
});
