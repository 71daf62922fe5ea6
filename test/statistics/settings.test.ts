import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import { isPlannerSetting } from '../../src/model/settings.ts';
import { planAll } from '../../src/plans/explain.ts';
import { applySettings, plannerSettings } from '../../src/statistics/settings.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { production, relation } from './production.ts';

test('the configuration comes before the statistics file, which is asked for planner settings only', () => {
  const settings = { work_mem: '64MB', random_page_cost: '1.1', shared_buffers: '8GB', fsync: 'on' };
  expect(plannerSettings({ work_mem: '1GB' }, production({ settings }))).toEqual([
    { name: 'random_page_cost', value: '1.1', source: 'statistics file' },
    { name: 'work_mem', value: '1GB', source: 'configuration' },
  ]);
});

test('what has nothing to do with planning is no planner setting', () => {
  const others = ['plan_cache_mode', 'search_path', 'session_preload_libraries', 'statement_timeout', 'role'];
  expect(others.filter(isPlannerSetting)).toEqual([]);
});

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test('all planner settings of the server but one can be taken over', async () => {
    await using session = await server.session('', 'superuser');
    const rows = await session.query(
      "SELECT name, current_setting(name) AS value FROM pg_settings WHERE category LIKE 'Query Tuning%' ORDER BY 1",
    );
    const refused = rows.map((row) => String(row['name'])).filter((name) => !isPlannerSetting(name));
    expect(refused).toEqual(['plan_cache_mode']);
    const all = Object.fromEntries(rows.map((row) => [String(row['name']), String(row['value'])]));
    const { settings, unchecked } = await applySettings(
      session,
      plannerSettings({}, production({ settings: all })),
    );
    expect(unchecked).toEqual([]);
    expect(settings).toHaveLength(rows.length - 1);
  });

  test('they hold for sessions of whoever plans, and are told in the words of the server', async () => {
    const database = await server.database();
    await using superuser = await server.sandbox.connect(database, 'superuser');
    const applied = await applySettings(
      superuser,
      plannerSettings(
        { work_mem: '65536', jit: 'off', enable_nothing: 'on', random_page_cost: 'cheap' },
        null,
      ),
    );
    expect(applied.settings).toEqual([
      { name: 'jit', value: 'off', source: 'configuration', isDefault: false },
      { name: 'work_mem', value: '64MB', source: 'configuration', isDefault: false },
    ]);
    expect(applied.unchecked).toEqual([
      {
        subject: 'the setting enable_nothing of the configuration',
        reason: 'unrecognized configuration parameter "enable_nothing"',
      },
      {
        subject: 'the setting random_page_cost of the configuration',
        reason: 'invalid value for parameter "random_page_cost": "cheap"',
      },
    ]);
    await using owner = await server.sandbox.connect(database, 'owner');
    expect(await owner.query('SHOW work_mem')).toEqual([{ work_mem: '64MB' }]);
  });

  test('the throw-away server does not limit how many workers are planned', async () => {
    const database = await server.database('CREATE TABLE huge (id bigint)');
    await using superuser = await server.sandbox.connect(database, 'superuser');
    await applySettings(superuser, plannerSettings({ max_parallel_workers_per_gather: '16' }, null));
    await using owner = await server.sandbox.connect(database, 'owner');
    const catalogue = await readCatalogue(superuser);
    const known = production({ relations: [relation('huge', { rows: 20e9, pages: 2 ** 28 })] });
    await growTwin(
      server.sandbox,
      { superuser, owner },
      catalogue,
      productionSizes(catalogue, {}, 1e6, undefined, known),
    );
    const planned = await owner.query('EXPLAIN SELECT count(*) FROM huge');
    // One more worker for each threefold of 8 MB (compute_parallel_worker in allpaths.c): 2 TB is worth twelve.
    expect(JSON.stringify(planned)).toContain('Workers Planned: 12');
  });

  test('a setting changes plans of the workload', async () => {
    const database = await server.database('CREATE TABLE t (id int)');
    await using superuser = await server.sandbox.connect(database, 'superuser');
    await applySettings(superuser, plannerSettings({ seq_page_cost: '50', jit: 'off' }, null));
    await using owner = await server.sandbox.connect(database, 'owner');
    const catalogue = await readCatalogue(superuser);
    const known = production({ relations: [relation('t', { rows: 1000, pages: 10 })] });
    await growTwin(
      server.sandbox,
      { superuser, owner },
      catalogue,
      productionSizes(catalogue, {}, 1e6, undefined, known),
    );
    const [planning] = await planAll(owner, [{ sql: 'SELECT * FROM t', parameterCount: 0, params: null }]);
    expect(planning?.kind === 'planned' ? planning.plan.cost.total : planning).toBe(510);
  });
});
