import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plain } from '../../../src/migrations/layouts/plain.ts';

function order(...names: readonly string[]) {
  const { migrations, remarks } = plain.order(
    names.map((name) => ({ path: `migrations/${name}`, text: '' })),
  );
  return { names: migrations.map(({ path }) => path.slice('migrations/'.length)), remarks };
}

describe('versions', () => {
  test.each([
    [
      ['10_c.sql', '9_b.sql', '0001_a.sql'],
      ['0001_a.sql', '9_b.sql', '10_c.sql'],
    ],
    [
      ['V2__b.sql', 'V1__a.sql', 'V1.10__d.sql', 'V1.9__c.sql'],
      ['V1__a.sql', 'V1.9__c.sql', 'V1.10__d.sql', 'V2__b.sql'],
    ],
    [
      ['20260114093000_b.sql', '20251231235959_a.sql'],
      ['20251231235959_a.sql', '20260114093000_b.sql'],
    ],
    [
      ['2026-01-14-093000_b.sql', '2025-12-31-000000_a.sql'],
      ['2025-12-31-000000_a.sql', '2026-01-14-093000_b.sql'],
    ],
    [
      ['0002.sql', '0001.sql'],
      ['0001.sql', '0002.sql'],
    ],
    [
      ['0001_2fa.sql', '0002_x.sql'],
      ['0001_2fa.sql', '0002_x.sql'],
    ],
    [
      ['b.sql', 'a.sql'],
      ['a.sql', 'b.sql'],
    ],
  ])('%j', (names, expected) => expect(order(...names).names).toEqual(expected));

  test('the order does not depend on how the files are listed', () => {
    const names = Array.from({ length: 12 }, (_, index) => `${index}_x.sql`);
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 12 }), (shuffled) => {
        expect(order(...shuffled).names).toEqual(names);
      }),
    );
  });
});

describe('remarks', () => {
  test('two migrations of one version', () => {
    expect(order('0001_b.sql', '1_a.sql', '0002_c.sql').remarks).toEqual([
      { kind: 'tie', version: '0001', paths: ['migrations/0001_b.sql', 'migrations/1_a.sql'] },
    ]);
  });

  test('a version that is missing', () => {
    expect(order('0001_a.sql', '0004_b.sql').remarks).toEqual([
      { kind: 'gap', after: '0001', before: '0004', path: 'migrations/0004_b.sql' },
    ]);
  });

  test('nothing is missing between points in time', () => {
    expect(order('20260101000000_a.sql', '20260301000000_b.sql').remarks).toEqual([]);
  });

  test('a file without a version among versioned ones is not run', () => {
    expect(order('0001_a.sql', 'notes.sql')).toEqual({
      names: ['0001_a.sql'],
      remarks: [{ kind: 'unversioned', path: 'migrations/notes.sql' }],
    });
  });
});

test.each([
  ['0001_a.sql', true],
  ['0001_a.SQL', true],
  ['0001_a.down.sql', false],
  ['down.sql', false],
  ['README.md', false],
])('isMigration(%j)', (name, expected) => expect(plain.isMigration(name)).toBe(expected));
