import { describe, expect, test } from '@jest/globals';
import { ProductionTables } from '../../src/estimates/tables.ts';
import { workOf } from '../../src/estimates/work.ts';
import type { Lock, StatementObservation } from '../../src/model/observation.ts';
import { index, statement, table, throughput } from './observed.ts';

const indexed = table('public.t', [index('t_pkey', 'id'), index('t_note', 'note')]);
const before = new Map([table('public.log'), indexed].map((each) => [each.name, each]));
const after = new Map(before).set('public.t', {
  ...indexed,
  bytes: 20_000,
  indexes: [...indexed.indexes, index('t_new', 'id'), index('t_gin', 'id', 'gin')],
});
const tables = new ProductionTables(before, after);

const exclusive: readonly Lock[] = [{ relation: 'public.t', mode: 'AccessExclusiveLock' }];
const share: readonly Lock[] = [{ relation: 'public.t', mode: 'ShareLock' }];
const shareUpdate: readonly Lock[] = [{ relation: 'public.t', mode: 'ShareUpdateExclusiveLock' }];
const scans = (count: number, rows = 4 * count, relation = 'public.t') => [{ relation, scans: count, rows }];
const changed = { relation: 'public.t', inserted: 0, updated: 0, deleted: 0, of: 4 };

/** `kind low to high`, for each piece of work. */
function worked(parts: Partial<StatementObservation>, plannedRows: number | null = null): readonly string[] {
  return workOf(statement(parts), tables, throughput, plannedRows).map(({ kind, seconds: { low, high } }) =>
    [kind, Math.round(low * 10) / 10, 'to', Math.round(high * 10) / 10].join(' '),
  );
}

describe('the work of a statement', () => {
  test.each<[string, Partial<StatementObservation>, readonly string[]]>([
    ['that changes the catalogue', { locks: exclusive }, []],
    ['that checks', { locks: exclusive, scans: scans(1) }, ['scan 50 to 100']],
    ['that checks twice', { locks: exclusive, scans: scans(2) }, ['scan 100 to 200']],
    // 10,000 bytes read, 20,000 written; then each index reads the table: 1,000 rows at 20 to 10 a second, the
    // tuple of a text of 32 bytes being 2.2 times that of a bigint.
    [
      'that rewrites, whose scans are those of the rewrite and its two indexes',
      { locks: exclusive, rewrites: ['public.t'], scans: scans(3) },
      ['rewrite 250 to 500', 'index build 100 to 200', 'index build 160 to 320'],
    ],
    [
      'that rewrites and checks',
      { locks: exclusive, rewrites: ['public.t'], scans: scans(4) },
      ['rewrite 250 to 500', 'index build 100 to 200', 'index build 160 to 320', 'scan 50 to 100'],
    ],
    [
      'that builds an index',
      { locks: share, indexesBuilt: [{ index: 'public.t_new', relation: 'public.t' }], scans: scans(1) },
      ['index build 100 to 200'],
    ],
    [
      'that builds an index of another method',
      { locks: share, indexesBuilt: [{ index: 'public.t_gin', relation: 'public.t' }], scans: scans(1) },
      ['index build 650 to 1300'],
    ],
    [
      'that builds an index concurrently, which reads the table twice',
      {
        locks: shareUpdate,
        transaction: null,
        indexesBuilt: [{ index: 'public.t_new', relation: 'public.t' }],
      },
      ['index build 150 to 300'],
    ],
    [
      'that adds a primary key and checks for NULLs first',
      { locks: exclusive, indexesBuilt: [{ index: 'public.t_new', relation: 'public.t' }], scans: scans(2) },
      ['index build 100 to 200', 'scan 50 to 100'],
    ],
    [
      'that updates all rows, each with its two indexes',
      { changedRows: [{ ...changed, updated: 4 }], scans: scans(1) },
      ['scan 50 to 100', 'rows changed 300 to 600'],
    ],
    [
      'that updates one row of four: that one, or a quarter',
      { changedRows: [{ ...changed, updated: 1 }] },
      ['rows changed 0.3 to 150'],
    ],
    [
      'that deletes all rows, whose index entries stay',
      { changedRows: [{ ...changed, deleted: 4 }] },
      ['rows changed 100 to 200'],
    ],
    ['that inserts two rows', { changedRows: [{ ...changed, inserted: 2 }] }, ['rows changed 0.6 to 1.2']],
    [
      'that inserts a row for each of another table',
      {
        changedRows: [{ ...changed, relation: 'public.log', of: 0, inserted: 4 }],
        scans: scans(1),
      },
      ['scan 50 to 100', 'rows changed 100 to 200'],
    ],
    [
      'that joins, whose scans are those of a plan for few rows',
      { changedRows: [{ ...changed, updated: 4 }], scans: scans(4, 16, 'public.log') },
      ['scan 50 to 100', 'rows changed 300 to 600'],
    ],
    [
      'that refreshes a materialised view, which counts as insertion',
      { rewrites: ['public.log'], changedRows: [{ ...changed, relation: 'public.log', inserted: 4 }] },
      ['rewrite 150 to 300'],
    ],
    ['on what is no table', { locks: exclusive, scans: scans(1, 4, 'public.view') }, []],
  ])('%s', (_, parts, expected) => expect(worked(parts)).toEqual(expected));

  test('that changes some rows: as many as the planner expects', () => {
    const some = { changedRows: [{ ...changed, updated: 1, deleted: 0 }] };
    expect(worked(some, 10)).toEqual(['rows changed 3 to 6']);
    expect(worked({ changedRows: [{ ...changed, deleted: 1 }] }, 10)).toEqual(['rows changed 1 to 2']);
    expect(worked({ changedRows: [{ ...changed, updated: 4 }] }, 10)).toEqual(['rows changed 300 to 600']);
  });
});
