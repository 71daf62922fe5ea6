import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queryLoads } from '../../src/statistics/query-loads.ts';
import { recognise } from '../../src/workload/recognise.ts';
import { exported, ProductionServer, reader } from '../support/production.ts';
import { testedVersions } from '../support/server.ts';
import { production } from './production.ts';

function fingerprintOf(sql: string): string {
  const recognised = recognise(sql);
  if (recognised.kind !== 'query') throw new Error(`${sql} is no query`);
  return recognised.fingerprint;
}

describe.each(testedVersions)('what PostgreSQL %i spends on queries', (major) => {
  let server: ProductionServer;
  beforeAll(async () => {
    server = await ProductionServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each([false, true])('is known by what an application sends (redacted: %p)', async (redact) => {
    const database = `loads_${redact}`;
    await server.server.sandbox.createDatabase(database);
    await server.asSuperuser(
      database,
      'CREATE EXTENSION pg_stat_statements; CREATE TABLE orders (id int PRIMARY KEY, state text); GRANT ALL ON orders TO PUBLIC',
    );
    await using session = await server.server.sandbox.connect(database, 'superuser');
    await session.query('SELECT pg_stat_statements_reset()');
    for (const id of [1, 2, 3]) await session.query('SELECT state FROM orders WHERE id = $1', [id]);
    await session.query("SELECT id FROM orders WHERE state IN ('a', 'b', 'c')");
    await session.query("SELECT id FROM orders WHERE state IN ('a', 'b')");
    const file = await exported(await server.urlFor(database, ...reader), { redact });
    const loads = queryLoads(file);
    const byId = loads.get(fingerprintOf('SELECT state FROM orders WHERE id = 5'));
    expect(byId).toMatchObject({ calls: 3, callsPerSecond: null });
    // Lists of any length are one query, as in a capture.
    expect(loads.get(fingerprintOf('SELECT id FROM orders WHERE state IN ($1, $2, $3, $4)'))?.calls).toBe(2);
    const shares = [...loads.values()].map(({ share }) => share ?? 0);
    expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1);
  });
});

describe('calls a second', () => {
  const queries = [
    { sql: 'SELECT a FROM t WHERE id = $1', calls: 600, totalMs: 300, rows: 1 },
    { sql: 'SELECT a FROM t WHERE id = 5', calls: 600, totalMs: 300, rows: 1 },
    { sql: 'SELECT cannot be (read', calls: 1, totalMs: 400, rows: 0 },
  ];
  const takenAt = '2026-06-01T00:10:00Z';

  test('are those since the last reset', () => {
    const loads = queryLoads(production({ queries, takenAt, queriesSince: '2026-06-01T00:00:00Z' }));
    expect([...loads.values()]).toEqual([{ calls: 1200, milliseconds: 600, share: 0.6, callsPerSecond: 2 }]);
  });

  test.each([
    ['it is not known when that was', null],
    ['that was a moment ago', '2026-06-01T00:09:30Z'],
  ])('are not known where %s', (_, queriesSince) => {
    const loads = queryLoads(production({ queries, takenAt, queriesSince }));
    expect([...loads.values()].map(({ callsPerSecond }) => callsPerSecond)).toEqual([null]);
  });

  test('nothing is known without a file, or without times', () => {
    expect(queryLoads(null).size).toBe(0);
    const [untimed] = queries.map((query) => ({ ...query, totalMs: 0 }));
    const loads = queryLoads(production({ queries: untimed === undefined ? [] : [untimed] }));
    expect([...loads.values()].map(({ share }) => share)).toEqual([null]);
  });
});
