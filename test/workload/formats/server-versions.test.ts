import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Session } from '../../../src/model/server.ts';
import { endOfLog, followLog } from '../../../src/workload/capture/follow.ts';
import { readWorkload } from '../../../src/workload/read.ts';
import { TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

/** What real servers of all versions count and log, in the forms that people copy it out in. */

const schema = `
  CREATE EXTENSION pg_stat_statements;
  CREATE TABLE orders (id bigint PRIMARY KEY, status text);
  INSERT INTO orders SELECT i, 'new' FROM generate_series(1, 9) i;
  CREATE FUNCTION nested() RETURNS bigint LANGUAGE plpgsql AS
    $$ BEGIN RETURN (SELECT count(*) FROM orders WHERE status = 'nested'); END $$`;

const find = `SELECT id,
  status FROM orders WHERE id = $1 AND status <> ', "x" '`;

const files = {
  json: 'SELECT jsonb_agg(s)::text AS text FROM pg_stat_statements s',
  lines: "SELECT string_agg(to_jsonb(s)::text, E'\\n') AS text FROM pg_stat_statements s",
  csv: "COPY (SELECT * FROM pg_stat_statements) TO '%' CSV HEADER",
} as const;

describe.each([14, 15, 16, 17, 18])('PostgreSQL %s', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true, ['pg_stat_statements', 'auto_explain']);
    session = await server.session('', 'superuser');
    await session.script(schema);
  });
  afterAll(async () => {
    await session?.[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function textOf(query: string): Promise<string> {
    const [place] = await session.query(`SELECT current_setting('data_directory') || '/copied' AS path`);
    const rows = await session.query(query.replace('%', String(place?.['path'])));
    const [read] = rows.length > 0 ? rows : await session.query("SELECT pg_read_file('copied') AS text");
    return String(read?.['text']);
  }

  async function send(): Promise<void> {
    for (const id of [1, 2, 3]) {
      await session.query(`${find} /*route='%2Forders%2F%3Aid',file='src%2Forders.ts%3A31'*/`, [id]);
    }
    await session.query('SELECT status FROM orders WHERE id IN (1, 2, 3)');
    await session.query('SELECT status FROM orders WHERE id IN (1, 2)');
    await session.query('SELECT nested()');
  }

  test.each(Object.entries(files))('pg_stat_statements as %s', async (_, query) => {
    await session.query('SELECT pg_stat_statements_reset()');
    await session.query("SET pg_stat_statements.track = 'all'");
    await send();
    await session.query("SET pg_stat_statements.track = 'none'");
    using project = new TestProject({ captured: await textOf(query) });
    const { queries, unchecked } = await readWorkload(project.root, ['captured']);
    expect(unchecked.filter(({ subject }) => !/^SET|^COPY/i.test(subject))).toEqual([]);
    const found = queries.find(({ sql }) => sql.startsWith('SELECT id,'));
    expect(found).toMatchObject({ calls: 3, parameterCount: 2 });
    expect(found?.origins).toMatchObject([{ route: '/orders/:id', file: 'src/orders.ts', line: 31 }]);
    expect(queries.find(({ sql }) => / IN /.test(sql))?.calls).toBe(2);
    // What functions run is counted too, and is nothing that a client sends.
    expect(queries.filter(({ sql }) => sql.includes('count(*)'))).toEqual([]);
    expect(queries.filter(({ sql }) => sql.includes('nested()'))).toMatchObject([{ calls: 1 }]);
  });

  test.each(['json', 'text'])('auto_explain in the form %s', async (form) => {
    await session.script(`
      LOAD 'auto_explain';
      SET auto_explain.log_min_duration = 0;
      SET auto_explain.log_analyze = on;
      SET auto_explain.log_buffers = on;
      SET auto_explain.log_verbose = on;
      SET auto_explain.log_nested_statements = on;
      SET auto_explain.log_format = ${form};`);
    const start = await endOfLog(session);
    await send();
    await session.query('SET auto_explain.log_min_duration = -1');
    const log = await buffer(Readable.from(followLog(session, start, Promise.resolve())));
    using project = new TestProject({ captured: log });
    const { queries, unchecked } = await readWorkload(project.root, ['captured']);
    expect(unchecked).toEqual([]);
    const found = queries.find(({ sql }) => sql.startsWith('SELECT id,'));
    expect(found?.calls).toBe(3);
    expect(found?.origins).toMatchObject([{ route: '/orders/:id' }]);
    // Since version 16 it tells the values.
    expect(found?.samples.map(([id]) => id)).toEqual(major >= 16 ? ['1', '2', '3'] : []);
  });
});
