import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../src/config/config.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { ExportedRelation, ProductionStatistics } from '../../src/model/production.ts';
import type { Session } from '../../src/model/server.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { production, relation } from './production.ts';

/** Cost and rows of reading a whole table: seq_page_cost is 1 and cpu_tuple_cost 0.01. */
async function wholeScan(session: Session, table: string): Promise<unknown> {
  await session.script('SET max_parallel_workers_per_gather = 0; SET jit = off');
  const [row] = await session.query(`EXPLAIN (FORMAT JSON) SELECT * FROM ${table}`);
  const [{ Plan: plan }] = JSON.parse(JSON.stringify(row?.['QUERY PLAN']));
  return { cost: plan['Total Cost'], rows: plan['Plan Rows'] };
}

const costOf = (pages: number, rows: number) => ({ cost: pages + rows / 100, rows });

describe.each(testedVersions)('on PostgreSQL %i, a twin', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function twin(
    script: string,
    known: ProductionStatistics | null,
    declared: Declared = {},
  ): Promise<Session> {
    const session = await server.session(script, 'superuser');
    const catalogue = await readCatalogue(session);
    const sizes = productionSizes(catalogue, declared, 1e6, undefined, known);
    await growTwin(server.sandbox, { superuser: session, owner: session }, catalogue, sizes);
    return session;
  }

  const of = (...relations: readonly ExportedRelation[]) => production({ relations });

  test('of a table of 2 TB', async () => {
    const [rows, pages] = [20e9, 2 * 2 ** 27];
    await using session = await twin('CREATE TABLE huge (id bigint)', of(relation('huge', { rows, pages })));
    expect(await wholeScan(session, 'huge')).toEqual(costOf(pages, rows));
  });

  test('of unlogged tables', async () => {
    await using session = await twin(
      'CREATE UNLOGGED TABLE cache (id int PRIMARY KEY)',
      of(relation('cache', { rows: 50e6, pages: 200_000 })),
    );
    expect(await wholeScan(session, 'cache')).toEqual(costOf(200_000, 50e6));
  });

  test('of a table in a tablespace', async () => {
    await using superuser = await server.session('', 'superuser');
    // Inside the data directory, where the server may write; PostgreSQL only warns.
    await superuser.script("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null; mkdir apart'");
    const [directory] = await superuser.query("SELECT current_setting('data_directory') AS path");
    await superuser.query(`CREATE TABLESPACE apart LOCATION '${directory?.['path']}/apart'`);
    await superuser.query('GRANT CREATE ON TABLESPACE apart TO public');
    await using session = await twin(
      'CREATE TABLE archive (id bigint PRIMARY KEY USING INDEX TABLESPACE apart) TABLESPACE apart',
      of(relation('archive', { rows: 300e6, pages: 2_000_000 })),
    );
    const [file] = await session.query("SELECT pg_relation_filepath('archive') AS path");
    expect(String(file?.['path'])).toMatch(/^pg_tblspc\//);
    expect(await wholeScan(session, 'archive')).toEqual(costOf(2_000_000, 300e6));
  });

  test('of partitions, each with its own size', async () => {
    await using session = await twin(
      `CREATE TABLE part (id bigint, day date) PARTITION BY RANGE (day);
       CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2026-07-01');
       CREATE TABLE part_2 PARTITION OF part FOR VALUES FROM ('2026-07-01') TO ('2027-01-01');`,
      of(
        relation('part', { rows: 31e6, pages: 0, kind: 'partitioned table' }),
        relation('part_1', { rows: 30e6, pages: 300_000 }),
        relation('part_2', { rows: 1e6, pages: 10_000 }),
      ),
    );
    expect(await wholeScan(session, 'part_1')).toEqual(costOf(300_000, 30e6));
    expect(await wholeScan(session, 'part_2')).toEqual(costOf(10_000, 1e6));
    expect(await wholeScan(session, 'part')).toMatchObject({ rows: 31e6 });
  });

  test('of children of a table', async () => {
    await using session = await twin(
      'CREATE TABLE parent (id bigint); CREATE TABLE child () INHERITS (parent)',
      of(relation('parent', { rows: 1000, pages: 10 }), relation('child', { rows: 2e6, pages: 20_000 })),
    );
    expect(await wholeScan(session, 'ONLY parent')).toEqual(costOf(10, 1000));
    expect(await wholeScan(session, 'parent')).toMatchObject({ rows: 2_001_000 });
  });

  test('of materialised views', async () => {
    await using session = await twin(
      'CREATE TABLE t (id int); CREATE MATERIALIZED VIEW totals AS SELECT count(*) FROM t',
      of(
        relation('t', { rows: 10, pages: 1 }),
        relation('totals', { rows: 5e6, pages: 40_000, kind: 'materialised view' }),
      ),
    );
    expect(await wholeScan(session, 'totals')).toEqual(costOf(40_000, 5e6));
  });

  test('of tables with values in TOAST', async () => {
    await using session = await twin(
      'CREATE TABLE documents (id int, body text)',
      of(relation('documents', { rows: 1e6, pages: 10_000, toastPages: 400_000 })),
    );
    const [size] = await session.query("SELECT pg_table_size('documents')::float8 / 8192 AS pages");
    expect(Number(size?.['pages'])).toBeGreaterThanOrEqual(410_000);
    expect(await wholeScan(session, 'documents')).toEqual(costOf(10_000, 1e6));
  });

  test('keeps the density of production where more rows are declared', async () => {
    await using session = await twin(
      'CREATE TABLE t (id int)',
      of(relation('t', { rows: 1e6, pages: 10_000 })),
      { t: { rows: 3e6, width: null, columns: {} } },
    );
    expect(await wholeScan(session, 't')).toEqual(costOf(30_000, 3e6));
  });
});
