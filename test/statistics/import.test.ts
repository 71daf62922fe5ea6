import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProductionStatistics } from '../../src/model/production.ts';
import type { Session } from '../../src/model/server.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { exported, indexes, rowsOf, tables, twinOf } from './fidelity/fixture.ts';

const places = [1, 2, 3, 4, 5];

/** Rows of pg_statistic with their slots in order of kind: the planner looks for a kind, wherever it is. */
const statisticsQuery = `
  SELECT c.relname AS relation, s.staattnum AS number, s.stainherit AS inherited, s.stanullfrac AS nulls,
    s.stawidth AS width, s.stadistinct AS distinct,
    ARRAY(SELECT row(slot.*)::text FROM (VALUES ${places
      .map((at) => `(stakind${at}, staop${at}, stacoll${at}, stanumbers${at}::text, stavalues${at}::text)`)
      .join(', ')}) AS slot (kind, op, coll, numbers, vals)
      WHERE kind <> 0 AND kind <= $1 ORDER BY kind) AS slots
  FROM pg_statistic s JOIN pg_class c ON c.oid = s.starelid
  WHERE s.starelid >= 16384 ORDER BY 1, 2, 3`;

const sizesQuery = `
  SELECT relname AS name, reltuples, pg_relation_size(oid) / 8192 AS pages, relallvisible
  FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'i') ORDER BY 1`;

const extendedQuery = `SELECT statistics_name, n_distinct::text, dependencies::text FROM pg_stats_ext`;

describe.each(testedVersions)('on PostgreSQL %i, the twin of an exported database', (major) => {
  let server: TestServer;
  let real: Session;
  let twin: Session;
  let production: ProductionStatistics;

  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
    const database = await server.database(tables);
    real = await server.sandbox.connect(database, 'owner');
    for (const statement of [...rowsOf(0.01), indexes, 'VACUUM', 'ANALYZE']) await real.script(statement);
    await real.script('ANALYZE orders');
    production = await exported(server.sandbox, database);
    const made = await twinOf(server.sandbox, await server.database(tables + indexes), production);
    expect(made.unchecked).toEqual([]);
    twin = made.session;
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('has the column statistics that ANALYZE made, of columns, partitions and expressions', async () => {
    await using superuser = await server.sandbox.connect(
      String((await real.query('SELECT current_database() AS name'))[0]?.['name']),
      'superuser',
    );
    // Statistics of ranges are shown since version 17.
    const kinds = major < 17 ? 5 : 7;
    const made = await superuser.query(statisticsQuery, [kinds]);
    expect(made.length).toBeGreaterThan(60);
    expect(await twin.query(statisticsQuery, [kinds])).toEqual(made);
  });

  test('has the sizes', async () => {
    expect(await twin.query(sizesQuery)).toEqual(await real.query(sizesQuery));
  });

  test('has extended statistics', async () => {
    const made = await real.query(extendedQuery);
    expect(made).toHaveLength(1);
    expect(await twin.query(extendedQuery)).toEqual(made);
  });
});
