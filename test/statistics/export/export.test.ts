import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { type ProductionStatistics, productionSchema } from '../../../src/model/production.ts';
import { exported, ProductionServer, reader } from '../../support/production.ts';
import { testedVersions } from '../../support/server.ts';

const script = `
  CREATE TYPE mood AS ENUM ('sad', 'glad');
  CREATE TABLE orders (id int PRIMARY KEY, status text, tags int[], at tstzrange, "Odd ""name""" mood, big text);
  CREATE INDEX orders_status ON orders (id, lower(status)) WHERE id > 5;
  CREATE STATISTICS orders_both (ndistinct, dependencies) ON id, status FROM orders;
  INSERT INTO orders SELECT i, 'Status ' || i % 3, ARRAY[i % 4, i % 7], tstzrange(now(), now() + i * interval '1 h'),
    'glad', (SELECT string_agg(md5(i * j || ''), '') FROM generate_series(1, 300) j) FROM generate_series(1, 300) i;
  CREATE TABLE events (id int, at date) PARTITION BY RANGE (at);
  CREATE TABLE events_2024 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
  INSERT INTO events SELECT i, date '2024-01-01' + i % 300 FROM generate_series(1, 1000) i;
  CREATE TABLE parent (a int);
  CREATE TABLE child (b int) INHERITS (parent);
  INSERT INTO parent SELECT generate_series(1, 10);
  INSERT INTO child SELECT i, i FROM generate_series(1, 20) i;
  CREATE MATERIALIZED VIEW totals AS SELECT status, count(*) AS n FROM orders GROUP BY 1;
  CREATE TABLE never_analysed AS SELECT 1 AS id;
  CREATE SCHEMA audit;
  CREATE TABLE audit.log_a (id int);
  CREATE TABLE audit.log_b (id int);
  CREATE TABLE audit."Über.all" (id int);
  ANALYZE orders, events, parent, child, totals;
  DELETE FROM orders WHERE id > 290;
  SET enable_seqscan = off;
  SELECT * FROM orders WHERE id = 7;`;

describe.each(testedVersions)('an export of PostgreSQL %s', (major) => {
  let server: ProductionServer;
  let database: string;
  let url: string;
  let all: ProductionStatistics;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
    database = await server.server.database(script);
    await server.asSuperuser(database, 'CREATE EXTENSION pg_stat_statements');
    url = await server.urlFor(database, ...reader);
    all = await exported(url);
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
  });

  const relation = (name: string, of = all) => of.relations.find((each) => each.name === name);

  test('tells the server and its planner settings as SHOW prints them', () => {
    expect(all.server).toEqual({ version: expect.stringMatching(`^${major}\\.\\d+$`), major });
    expect(all.settings).toMatchObject({
      work_mem: '4MB',
      random_page_cost: '4',
      effective_cache_size: '4GB',
      jit: 'on',
    });
    expect(Date.parse(all.takenAt)).toBeGreaterThan(0);
  });

  test('is what the published schema says', () => {
    const validate = new Ajv2020().compile(z.toJSONSchema(productionSchema, { io: 'input' }));
    validate(all);
    expect(validate.errors).toBeNull();
  });

  test('tells sizes as they are', async () => {
    await using session = await server.server.sandbox.connect(database, 'owner');
    const [size] = await session.query(`
      SELECT reltuples::int AS rows, (pg_relation_size(oid) / 8192)::int AS pages,
        (pg_relation_size(reltoastrelid) / 8192)::int AS "toastPages"
      FROM pg_class WHERE relname = 'orders'`);
    expect(relation('orders')).toMatchObject({ ...size, kind: 'table', parent: null });
    expect(size?.['toastPages']).toBeGreaterThan(0);
    expect(relation('never_analysed')).toMatchObject({ rows: -1, pages: 1 });
    expect(relation('totals')).toMatchObject({ kind: 'materialised view', rows: 3 });
  });

  test('tells what PostgreSQL knows of columns, in their order', () => {
    const columns = relation('orders')?.columns ?? [];
    expect(columns.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'id: integer',
      'status: text',
      'tags: integer[]',
      'at: tstzrange',
      'Odd "name": mood',
      'big: text',
    ]);
    const [id, status, tags, at, odd] = columns.map(({ statistics }) => statistics);
    expect(id).toMatchObject({ distinct: -1, width: 4, mostCommon: null, correlation: 1 });
    expect(id?.histogram?.values).toHaveLength(101);
    expect(status?.mostCommon?.values.toSorted()).toEqual(['Status 0', 'Status 1', 'Status 2']);
    expect(tags?.elements?.mostCommon.values).toEqual(expect.arrayContaining(['0', '1', '6']));
    expect(tags?.elements?.mostCommon.shares).toHaveLength(
      (tags?.elements?.mostCommon.values.length ?? 0) + 3,
    );
    expect(odd?.mostCommon).toEqual({ values: ['glad'], shares: [1] });
    if (major < 17) expect(at?.ranges).toBeNull();
    else expect(at?.ranges).toMatchObject({ emptyFraction: 0, bounds: { count: 101 } });
  });

  test('tells indexes, with the statistics of their expressions and how often they are used', () => {
    expect(relation('orders')?.indexes).toMatchObject([
      { name: 'orders_pkey', scans: expect.any(Number), expressions: [], rows: 300 },
      {
        name: 'orders_status',
        definition:
          'CREATE INDEX orders_status ON public.orders USING btree (id, lower(status)) WHERE (id > 5)',
        expressions: [
          { position: 2, statistics: { mostCommon: { values: expect.arrayContaining(['status 1']) } } },
        ],
      },
    ]);
  });

  test('tells what a table is a part of, with statistics of all of it and of its own', () => {
    expect(relation('events_2024')?.parent).toEqual({ schema: 'public', name: 'events' });
    expect(relation('child')?.parent).toEqual({ schema: 'public', name: 'parent' });
    const [at] = relation('events')?.columns ?? [];
    expect(at).toMatchObject({ statistics: null, inherited: { distinct: -1 } });
    const [a] = relation('parent')?.columns ?? [];
    expect(a?.statistics?.distinct).toBe(-1);
    expect(a?.inherited?.distinct).not.toBe(-1);
  });

  test('lists the queries of this database with their calls', async () => {
    await using session = await server.server.sandbox.connect(database, 'owner');
    for (const id of [1, 2, 3]) await session.query(`SELECT status FROM orders WHERE id = ${id}`);
    await session.query(`SELECT '${'x'.repeat(10)}' ${'-- long\n'.repeat(20_000)} AS long`);
    const { queries, queriesSince, leftOut } = await exported(url);
    expect(queries).toContainEqual({
      sql: 'SELECT status FROM orders WHERE id = $1',
      calls: 3,
      rows: 3,
      totalMs: expect.any(Number),
    });
    expect(queries.map(({ sql }) => sql).join()).not.toMatch(/pg_stats|pg_settings|SAVEPOINT/);
    expect(Date.parse(queriesSince ?? '')).toBeLessThanOrEqual(Date.now());
    expect(leftOut).toContainEqual({
      subject: '1 statement of pg_stat_statements',
      reason: 'they are longer than 100 kB',
    });
  });

  test('shows one state of the catalogues, however they change meanwhile', async () => {
    const changed = await server.server.database(`
      CREATE TABLE stays AS SELECT i FROM generate_series(1, 100) i;
      CREATE TABLE goes AS SELECT i FROM generate_series(1, 100) i;
      CREATE INDEX goes_i ON goes ((i + 1));
      ANALYZE;`);
    const before = await exported(server.ownerUrl(changed));
    const during = await exported(server.ownerUrl(changed), {}, (sink) => ({
      ...sink,
      head: async (parts) => {
        await using session = await server.server.sandbox.connect(changed, 'owner');
        await session.script(`DROP TABLE goes; CREATE TABLE comes (); UPDATE stays SET i = 7; ANALYZE;
          ALTER TABLE stays RENAME TO stayed;`);
        await sink.head(parts);
      },
    }));
    const columns = ({ relations }: ProductionStatistics) =>
      relations.map(({ name, rows, columns: of }) => ({ name, rows, of }));
    expect(columns(during).filter(({ name }) => name === 'stays')).toEqual(
      columns(before).filter(({ name }) => name === 'stays'),
    );
    expect(during.relations.map(({ name }) => name)).not.toContain('comes');
  });

  test('writes nothing: not even a transaction id is used', async () => {
    await using session = await server.server.sandbox.connect(database, 'owner');
    const next = () => session.query('SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS next');
    const before = await next();
    await exported(url);
    expect(await next()).toEqual(before);
  });

  test('is told where the server ends the connection', async () => {
    const lost = exported(server.ownerUrl(database), {}, (sink) => ({
      ...sink,
      head: async (parts) => {
        await server.asSuperuser(
          database,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'pg-guardrails statistics export'`,
        );
        await sink.head(parts);
      },
    }));
    await expect(lost).rejects.toThrow('the connection to the server was lost');
  });

  test('goes on without a table that another session holds locked', async () => {
    await using session = await server.server.sandbox.connect(database, 'owner');
    await session.script('BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;');
    const { relations, leftOut } = await exported(url, { statementTimeoutMs: 100 * 1000 });
    await session.script('ROLLBACK');
    expect(relations).toHaveLength(all.relations.length - 1);
    expect(leftOut).toContainEqual({
      subject: 'public.orders',
      reason: 'another session holds it locked: export again',
    });
  });

  test.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['a schema', ['audit.*'], [], ['Über.all', 'log_a', 'log_b']],
    ['a schema but some', ['audit.*'], ['audit.log_*'], ['Über.all']],
    ['a table in any schema', ['orders', 'log_?'], [], ['log_a', 'log_b', 'orders']],
    ['a name with a dot', ['audit.Über.all'], [], ['Über.all']],
  ])('holds %s', async (_, include, exclude, names) => {
    const { relations, extended } = await exported(url, { include, exclude });
    expect(relations.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
    expect(extended).toHaveLength(names.includes('orders') ? 1 : 0);
  });

  test('refuses patterns that match nothing', async () => {
    await expect(exported(url, { include: ['publik.*'], exclude: ['orders', 'auditt.*'] })).rejects.toThrow(
      'no table of the database matches --include publik.*; no table of the database matches --exclude auditt.*',
    );
  });

  describe('what the role may not read is told once for each reason, with what to grant', () => {
    test('the owner of the tables sees extended statistics too', async () => {
      const { extended } = await exported(server.ownerUrl(database));
      expect(extended).toEqual([
        {
          schema: 'public',
          name: 'orders_both',
          table: { schema: 'public', name: 'orders' },
          columns: ['id', 'status'],
          expressions: [],
          distinct: '{"1, 2": 300}',
          dependencies: expect.stringContaining('"1 => 2"'),
          attributes: { 1: 'id', 2: 'status' },
        },
      ]);
    });

    test('a role that has been granted what the guide says', () => {
      expect(all.leftOut).toEqual([
        { subject: 'public.never_analysed', reason: expect.stringContaining('ANALYZE it') },
        {
          subject: 'extended statistics public.orders_both',
          reason: expect.stringContaining('to the owner of their table only'),
        },
        expect.objectContaining({ subject: expect.stringMatching(/statements? of pg_stat_statements/) }),
      ]);
    });

    test('a role without any rights', async () => {
      const { relations, leftOut, queries } = await exported(await server.urlFor(database));
      expect(relations.map(({ pages }) => pages)).toEqual(all.relations.map(({ pages }) => pages));
      expect(
        relations.flatMap(({ columns }) => columns.flatMap(({ statistics }) => statistics ?? [])),
      ).toEqual([]);
      expect(queries).toEqual([]);
      expect(leftOut).toContainEqual({
        subject: 'audit.log_a, audit.log_b, audit.Über.all, public.child, public.events and 5 more',
        reason: expect.stringContaining('GRANT pg_read_all_data to the role, or SELECT on it'),
      });
      expect(leftOut).toContainEqual({
        subject: 'expressions of the indexes of public.orders',
        reason: expect.stringContaining('GRANT pg_read_all_data'),
      });
      expect(leftOut).toContainEqual({
        subject: 'queries of other users',
        reason: expect.stringContaining('GRANT pg_monitor'),
      });
    });

    test('a role that row security keeps rows from', async () => {
      const guarded = await server.server.database(`
        CREATE TABLE guarded AS SELECT i FROM generate_series(1, 100) i;
        ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
        ANALYZE;`);
      const { leftOut } = await exported(await server.urlFor(guarded, ...reader));
      expect(leftOut).toContainEqual({
        subject: 'public.guarded',
        reason: expect.stringContaining('BYPASSRLS'),
      });
    });

    test('a role that may not enter the schema of pg_stat_statements', async () => {
      const closed = await server.server.database();
      await server.asSuperuser(
        closed,
        'CREATE SCHEMA closed; CREATE EXTENSION pg_stat_statements SCHEMA closed;',
      );
      const { leftOut } = await exported(await server.urlFor(closed, 'pg_monitor'));
      expect(leftOut).toEqual([
        {
          subject: 'queries',
          reason: expect.stringContaining('GRANT USAGE ON SCHEMA closed and pg_monitor'),
        },
      ]);
    });

    test('a foreign table', async () => {
      const linked = await server.server.database();
      await server.asSuperuser(
        linked,
        `CREATE FOREIGN DATA WRAPPER far; CREATE SERVER other FOREIGN DATA WRAPPER far;
         CREATE FOREIGN TABLE distant (a int) SERVER other; CREATE TABLE near (a int);`,
      );
      const { relations, leftOut } = await exported(server.ownerUrl(linked));
      expect(relations.map(({ name }) => name)).toEqual(['near']);
      expect(leftOut).toContainEqual({
        subject: 'public.distant',
        reason: 'it is a foreign table: its rows are on another server',
      });
    });

    test('a database without pg_stat_statements', async () => {
      const { leftOut } = await exported(server.ownerUrl(await server.server.database()));
      expect(leftOut).toEqual([
        { subject: 'queries', reason: expect.stringContaining('is not installed in this database') },
      ]);
    });
  });
});
