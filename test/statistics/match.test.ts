import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { Catalogue } from '../../src/model/catalogue.ts';
import type { ProductionStatistics } from '../../src/model/production.ts';
import type { Session } from '../../src/model/server.ts';
import { readDump } from '../../src/statistics/file/dump.ts';
import { ageOf } from '../../src/statistics/import/age.ts';
import { matchTables, unmatchedStatistics } from '../../src/statistics/import/match.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { column, production, relation } from './production.ts';

const bounds = { values: ['1', '2', '10'], count: 3 };
const common = { values: ['7'], shares: [0.5] };

test('statistics are old from 30 days on', () => {
  const known = production({ takenAt: '2026-01-01T12:00:00Z' });
  expect(ageOf(known, '2026-01-30')).toEqual([]);
  expect(ageOf(known, '2026-02-01')).toEqual([
    {
      subject: 'the statistics file',
      reason: 'it was made 30 days ago: production may have changed since; export it again',
    },
  ]);
});

describe.each(testedVersions)('on PostgreSQL %i, a statistics file', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function catalogues(
    before: string,
    change: string,
  ): Promise<{ readonly base: Catalogue; readonly head: Catalogue }> {
    await using session = await server.session(before);
    const base = await readCatalogue(session);
    await session.script(change);
    return { base, head: await readCatalogue(session) };
  }

  async function twin(script: string, known: ProductionStatistics) {
    const database = await server.database(script);
    const superuser = await server.sandbox.connect(database, 'superuser');
    await using owner = await server.sandbox.connect(database, 'owner');
    const catalogue = await readCatalogue(superuser);
    const sizes = productionSizes(catalogue, {}, 1e6, undefined, known);
    const unchecked = await growTwin(server.sandbox, { superuser, owner }, catalogue, sizes);
    return { session: superuser, unchecked };
  }

  const statisticsOf = (session: Session) =>
    session.query(
      `SELECT attname AS name, most_common_vals::text AS common, histogram_bounds::text AS bounds, correlation
       FROM pg_stats WHERE schemaname = 'public' ORDER BY tablename, attname`,
    );

  test('is matched by the names of the base, whatever has them at head', async () => {
    const known = production({
      relations: [relation('t', { columns: [column('a', 'integer'), column('b', 'integer')] })],
    });
    const { base, head } = await catalogues(
      'CREATE TABLE t (a int, b int)',
      'ALTER TABLE t RENAME a TO c; ALTER TABLE t DROP b; ALTER TABLE t ADD a int; ALTER TABLE t RENAME TO u; CREATE TABLE t (a int)',
    );
    const matched = [...matchTables(known, head, base)].map(([oid, { relation: found, columns }]) => ({
      table: head.tables.find((table) => table.oid === oid)?.name,
      as: found.name,
      columns: [...columns].map(([number, { name }]) => [number, name]),
    }));
    expect(matched).toEqual([
      { table: 'u', as: 't', columns: [[1, 'a']] },
      // Nobody can tell a table that was made anew from one that was loaded anew.
      { table: 't', as: 't', columns: [[1, 'a']] },
    ]);
  });

  test('keeps no order of values where a type has another', async () => {
    const known = production({
      relations: [
        relation('t', {
          columns: [
            column('a', 'integer', { histogram: bounds, correlation: 0.5, mostCommon: common }),
            column('b', 'integer', { histogram: bounds, correlation: 0.5, mostCommon: common }),
            column('c', 'character varying(20)', { histogram: bounds }),
          ],
        }),
      ],
    });
    const { session, unchecked } = await twin('CREATE TABLE t (a bigint, b text, c text)', known);
    expect(unchecked).toEqual([]);
    expect(await statisticsOf(session)).toEqual([
      { name: 'a', common: '{7}', bounds: '{1,2,10}', correlation: 0.5 },
      { name: 'b', common: '{7}', bounds: null, correlation: null },
      { name: 'c', common: null, bounds: '{1,2,10}', correlation: null },
    ]);
    await session[Symbol.asyncDispose]();
  });

  test('loses only the values that a column cannot hold any more', async () => {
    const mostCommon = { values: ['open', 'lost'], shares: [0.6, 0.3] };
    const known = production({
      relations: [
        relation('t', {
          columns: [
            column('state', 'state', {
              mostCommon,
              histogram: { values: ['open', 'shipped'], count: 2 },
              correlation: 0.25,
              distinct: 3,
            }),
            column('other', 'integer', { mostCommon: common }),
          ],
        }),
      ],
    });
    const { session, unchecked } = await twin(
      "CREATE TYPE state AS ENUM ('open', 'shipped'); CREATE TABLE t (state state, other int)",
      known,
    );
    expect(unchecked).toEqual([
      {
        subject: 'statistics of public.t.state',
        reason: 'a value stated for it does not fit it: invalid input value for enum public.state: "lost"',
      },
    ]);
    expect(await statisticsOf(session)).toEqual([
      { name: 'other', common: '{7}', bounds: null, correlation: null },
      { name: 'state', common: null, bounds: '{open,shipped}', correlation: 0.25 },
    ]);
    await session[Symbol.asyncDispose]();
  });

  test('names what the base schema lacks, and counts what is too much to name', async () => {
    const missing = Array.from({ length: 9 }, (_, index) => relation(`old_${index}`));
    const known = production({
      relations: [relation('v', { kind: 'table' }), ...missing],
      leftOut: [{ subject: 'public.secret', reason: 'the role may not read it' }],
    });
    const { base } = await catalogues('CREATE MATERIALIZED VIEW v AS SELECT 1 AS a', '');
    const reason = 'the base schema has no such table';
    expect(unmatchedStatistics(known, base)).toEqual([
      {
        subject: 'public.v in the statistics file',
        reason: 'it is a table there, and a materialised view in the base schema',
      },
      ...[0, 1, 2, 3, 4].map((index) => ({ subject: `public.old_${index} in the statistics file`, reason })),
      { subject: '4 more like public.old_4 in the statistics file', reason },
      { subject: 'public.secret in the statistics file', reason: 'the role may not read it' },
    ]);
  });

  test('may be of pg_dump, which tells tables from indexes by nothing', async () => {
    const script = `
      SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 'public',
        'relname', 't', 'relpages', '5000'::integer, 'reltuples', '1e+06'::real, 'relallvisible', '5000'::integer);
      SELECT * FROM pg_catalog.pg_restore_attribute_stats('version', '180004'::integer, 'schemaname', 'public',
        'relname', 't', 'attname', 'a', 'inherited', 'f'::boolean, 'null_frac', '0'::real, 'avg_width', '4'::integer,
        'n_distinct', '2'::real, 'most_common_vals', '{7}'::text, 'most_common_freqs', '{0.5}'::real[]);
      SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 'public',
        'relname', 't_a_idx', 'relpages', '1234'::integer, 'reltuples', '1e+06'::real, 'relallvisible', '0'::integer);
      SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 'public',
        'relname', 'gone', 'relpages', '1'::integer, 'reltuples', '1'::real, 'relallvisible', '0'::integer);
    `;
    const known = readDump('production.sql', script, '2026-06-01T00:00:00Z');
    const schema = 'CREATE TABLE t (a int); CREATE INDEX t_a_idx ON t (a)';
    const { session, unchecked } = await twin(schema, known);
    expect(unchecked).toEqual([]);
    expect(
      await session.query(
        "SELECT relname AS name, pg_relation_size(oid) / 8192 AS pages FROM pg_class WHERE relname LIKE 't%' AND oid >= 16384 ORDER BY 1",
      ),
    ).toEqual([
      { name: 't', pages: '5000' },
      { name: 't_a_idx', pages: '1234' },
    ]);
    expect(await statisticsOf(session)).toMatchObject([{ name: 'a', common: '{7}' }]);
    const { base } = await catalogues(schema, '');
    expect(unmatchedStatistics(known, base)).toMatchObject([
      {
        subject: 'public.gone in the statistics file',
        reason: 'the base schema has no such table or index',
      },
      { reason: expect.stringMatching(/^pg_dump writes none/) },
    ]);
    await session[Symbol.asyncDispose]();
  });

  test('runs nothing that the schema holds as superuser', async () => {
    const guarded = `
      CREATE FUNCTION is_fine(int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$
        BEGIN
          IF (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) THEN RAISE 'a superuser'; END IF;
          RETURN true;
        END $$;
      CREATE FUNCTION unnest(oid[]) RETURNS SETOF oid LANGUAGE plpgsql AS $$ BEGIN RAISE 'not what was meant'; END $$;
      CREATE DOMAIN small AS int CHECK (is_fine(VALUE));
      CREATE TABLE t (a small, b small[], c int);
      CREATE INDEX t_partial ON t (c) WHERE is_fine(1);
      CREATE INDEX t_expression ON t ((c > 0 AND is_fine(2)));
    `;
    const known = production({
      relations: [
        relation('t', {
          columns: [
            column('a', 'small', { mostCommon: common }),
            column('b', 'small[]', { mostCommon: { values: ['{1}'], shares: [0.5] }, distinct: 4 }),
          ],
          indexes: [
            {
              name: 't_expression',
              definition:
                'CREATE INDEX t_expression ON public.t USING btree ((((c > 0) AND public.is_fine(2))))',
              rows: 1000,
              pages: 5,
              expressions: [{ position: 1, statistics: ofMost() }],
              scans: null,
            },
          ],
        }),
      ],
    });
    const { session, unchecked } = await twin(guarded, known);
    expect(unchecked).toEqual([
      {
        subject: 'statistics of public.t.b',
        reason:
          'its values were left out: its type is made of types that have checks, which would run as superuser',
      },
    ]);
    expect(await statisticsOf(session)).toMatchObject([
      { name: 'a', common: '{7}' },
      { name: 'b', common: null },
      { name: 'expr', common: '{t}' },
    ]);
    await session[Symbol.asyncDispose]();
  });
});

/** Of an expression that is true for most rows. */
function ofMost() {
  const { statistics } = column('expr', 'boolean', { mostCommon: { values: ['t'], shares: [0.9] } });
  if (statistics === null) throw new Error('no statistics');
  return statistics;
}
