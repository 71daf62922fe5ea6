import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Catalogue, Index, Table } from '../../src/model/catalogue.ts';
import type { ExportedRelation, ProductionStatistics } from '../../src/model/production.ts';
import { activityOf } from '../../src/statistics/activity.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { counted, index, scanned } from '../support/scanned.ts';

const keyed = (oid: number, name: string): Index => ({
  oid,
  name,
  method: 'btree',
  keys: [
    {
      column: 'a',
      expression: null,
      operatorClass: 'int4_ops',
      collation: null,
      descending: false,
      nullsFirst: false,
    },
  ],
  included: [],
  unique: false,
  primary: false,
  valid: true,
  predicate: null,
});

const table = (oid: number, name: string, parts: Partial<Table> = {}): Table => ({
  oid,
  schema: 'public',
  name,
  kind: 'table',
  partitionOf: null,
  columns: [],
  indexes: [keyed(oid + 1, `${name}_a`)],
  foreignKeys: [],
  ...parts,
});

const catalogue: Catalogue = {
  tables: [
    table(10, 't'),
    table(20, 'whole', { kind: 'partitioned table' }),
    table(30, 'half', { kind: 'partitioned table', partitionOf: 20 }),
    table(40, 'part1', { partitionOf: 30 }),
    table(50, 'part2', { partitionOf: 20 }),
  ],
};

function activity(relations: readonly ExportedRelation[], parts: Partial<ProductionStatistics> = {}) {
  const production: ProductionStatistics = JSON.parse(counted(relations, parts));
  const exported = new Map(
    production.relations.flatMap(({ indexes }) => indexes.map((each) => [each.name, each])),
  );
  const indexes = catalogue.tables.flatMap((each) =>
    each.indexes.flatMap(({ oid, name }) => {
      const found = exported.get(name);
      return found === undefined ? [] : [[oid, found] as const];
    }),
  );
  const sizes = productionSizes(catalogue, {}, 1, undefined, production);
  return activityOf(production, catalogue, sizes, new Map(indexes));
}

const of = (
  name: string,
  scans: number | null,
  times: Partial<NonNullable<ExportedRelation['activity']>> = {},
) => scanned(name, [index(`${name}_a ON public.${name} USING btree (a)`, scans, 10)], times);

describe('what production was seen to do', () => {
  test('is counted by the day', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 1, max: 3000 }), (scans, days) => {
        const since = new Date(Date.UTC(2026, 10, 10) - days * 86_400_000).toISOString();
        const never = { lastVacuum: null, lastAnalyze: null };
        const found = activity([of('t', scans, never)], { countersSince: since });
        expect(found.counted).toMatchObject({ days, from: 'reset' });
        expect(found.indexes.get('public.t_a')).toMatchObject({ scans, scansPerDay: scans / days });
      }),
    );
  });

  test.each<readonly [string, Partial<ProductionStatistics>]>([
    ['within a day of a reset', { countersSince: '2026-11-09T00:00:01Z' }],
    ['where nobody knows since when', { countersSince: null }],
    ['where only some were reset', { countersSince: '2026-11-02T00:00:00Z' }],
  ])('is not told by the day %s', (_, parts) => {
    const found = activity([of('t', 5)], parts);
    expect(found.indexes.get('public.t_a')).toMatchObject({ scans: 5, scansPerDay: null });
    expect(found.tables.get('public.t')).toMatchObject({ indexScansPerDay: null, entriesPerDay: null });
  });

  test('has counted since the oldest VACUUM or ANALYZE at the latest', () => {
    const times = { lastVacuum: null, lastAnalyze: '2026-10-31T00:00:00Z' };
    const found = activity([of('t', 0), of('part1', 0, times)], { countersSince: null });
    expect(found.counted).toMatchObject({ since: '2026-10-31T00:00:00Z', days: 10, from: 'at the latest' });
    const untold = [of('t', 0, { lastVacuum: null, lastAnalyze: null })];
    expect(activity(untold, { countersSince: null }).counted).toBeNull();
    expect(activity([of('t', 0)], { countersSince: '2027-01-01T00:00:00Z' }).counted).toBeNull();
  });

  test('of a partitioned table is that of all its partitions', () => {
    const waiting = { lastVacuum: '2026-09-01T00:00:00Z', deadRows: 0 };
    const { tables, indexes } = activity([of('part1', 100), of('part2', 300, waiting)]);
    expect(indexes.get('public.whole_a')).toMatchObject({ scans: 400, scansPerDay: 4, bytes: 20 * 8192 });
    expect(indexes.get('public.half_a')).toMatchObject({ scans: 100 });
    expect(tables.get('public.whole')).toMatchObject({
      rows: 40_000_000,
      entriesPerDay: 50_000,
      deadShare: 1 / 41,
      lastVacuum: '2026-09-01T00:00:00Z',
    });
    const never = activity([of('part1', 100), of('part2', 300, { lastVacuum: null })]);
    expect(never.tables.get('public.whole')?.lastVacuum).toBeNull();
  });

  test('is not told of what the file does not count', () => {
    const { tables, indexes } = activity([
      { ...of('t', null), activity: null },
      of('part1', null),
      of('part2', 1),
    ]);
    expect(tables.has('public.t')).toBe(false);
    expect([...indexes.keys()]).toEqual(['public.part2_a']);
  });
});
