import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { Session } from '../../src/model/server.ts';
import { valuesBetween } from '../../src/statistics/import/made-up-values.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer } from '../support/server.ts';
import { column, production, relation } from './production.ts';

const types = [
  ...['int2', 'int4', 'int8', 'oid', 'numeric', 'float4', 'float8', 'date', 'timestamp', 'timestamptz'],
  ...['interval', 'text', 'varchar', 'bpchar', 'uuid', 'bytea', 'inet'],
];

describe('values in place of redacted ones', () => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(18);
    session = await server.session('', 'superuser');
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(types)('are different ones of the type, in its order: %s', async (type) => {
    for (const count of [1, 2, 10, 101]) {
      for (const place of ['bounds', 'between'] as const) {
        const values = valuesBetween(
          { type, maxLength: null, distinct: 5000, takenAt: Date.parse('2026-06-01') },
          count,
          place,
        );
        expect(values).toHaveLength(count);
        const [row] = await session.query(
          `SELECT array_agg(v::${type} ORDER BY place) = array_agg(v::${type} ORDER BY v::${type}) AS ordered,
             count(DISTINCT v::${type})::int AS different
           FROM unnest($1::text[]) WITH ORDINALITY AS t (v, place)`,
          [values],
        );
        expect(row).toEqual({ ordered: true, different: count });
      }
    }
  });

  test('are not made where the type has too few, or is not known', () => {
    const wanted = { maxLength: null, distinct: 5, takenAt: 0 };
    expect(valuesBetween({ ...wanted, type: 'bpchar', maxLength: 1 }, 100, 'bounds')).toBeNull();
    expect(valuesBetween({ ...wanted, type: 'jsonb' }, 2, 'bounds')).toBeNull();
    expect(valuesBetween({ ...wanted, type: 'bool' }, 2, 'bounds')).toBeNull();
  });

  test('keep frequencies and the number of bounds, and leave out lists that hold every value', async () => {
    const shares = [0.3, 0.1, 0.05];
    const known = production({
      redacted: true,
      relations: [
        relation('t', {
          rows: 1e6,
          pages: 10_000,
          columns: [
            column('customer', 'text', {
              distinct: 10_000,
              mostCommon: { values: [], shares },
              histogram: { values: [], count: 101 },
            }),
            column('state', 'text', { distinct: 2, mostCommon: { values: [], shares: [0.9, 0.1] } }),
            column('tags', 'text[]', {
              elements: { mostCommon: { values: [], shares: [0.5, 0.2, 0.2, 0.5, 0] }, counts: null },
            }),
          ],
        }),
      ],
    });
    await using twin = await server.session(
      'CREATE TABLE t (customer text, state text, tags text[])',
      'superuser',
    );
    const catalogue = await readCatalogue(twin);
    const sizes = productionSizes(catalogue, {}, 1e6, undefined, known);
    // Whoever is told them is told that they are made up.
    const told = [...sizes.values()].flatMap(({ columns }) =>
      columns.filter(({ mostCommon, histogram }) => mostCommon.length + histogram.length > 0),
    );
    expect(told.length).toBeGreaterThan(0);
    expect(told.filter(({ redacted }) => !redacted)).toEqual([]);
    expect(await growTwin(server.sandbox, { superuser: twin, owner: twin }, catalogue, sizes)).toEqual([]);
    const stats = await twin.query(
      `SELECT attname AS name, most_common_freqs AS shares, array_length(histogram_bounds::text::text[], 1) AS bounds,
         array_length(most_common_elems::text::text[], 1) AS elements
       FROM pg_stats WHERE schemaname = 'public' ORDER BY 1`,
    );
    expect(stats).toEqual([
      { name: 'customer', shares, bounds: 101, elements: null },
      { name: 'state', shares: null, bounds: null, elements: null },
      { name: 'tags', shares: null, bounds: null, elements: 2 },
    ]);
    const rows = async (sql: string) => {
      const [row] = await twin.query(`EXPLAIN (FORMAT JSON) ${sql}`);
      return JSON.parse(JSON.stringify(row?.['QUERY PLAN']))[0].Plan['Plan Rows'];
    };
    // The rest of the rows by the rest of the values; and the mean, where no value is known.
    expect(await rows("SELECT FROM t WHERE customer = 'acme'")).toBe(55);
    expect(await rows("SELECT FROM t WHERE state = 'open'")).toBe(500_000);
  });
});
