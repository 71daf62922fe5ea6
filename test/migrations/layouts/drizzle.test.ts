import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

describe('drizzle', () => {
  const layout = layoutOf('drizzle');

  test('the journal says what runs, and in which order', () => {
    const entries = [
      { idx: 1, version: '7', when: 2, tag: '0000_b', breakpoints: true },
      { idx: 0, version: '7', when: 1, tag: '0001_a', breakpoints: true },
    ];
    expect(
      read(layout, {
        '0000_b.sql': 'SELECT 1;--> statement-breakpoint\nSELECT 2;',
        '0001_a.sql': 'SELECT 0;',
        '0002_lost.sql': 'SELECT 3;',
        'meta/_journal.json': JSON.stringify({ version: '7', dialect: 'postgresql', entries }),
        'meta/0000_snapshot.json': '{}',
      }),
    ).toEqual({
      migrations: [
        { path: '0001_a.sql', version: '0001_a', wrapping: 'deploy', up: ['1: SELECT 0'] },
        { path: '0000_b.sql', version: '0000_b', wrapping: 'deploy', up: ['1: SELECT 1', '2: SELECT 2'] },
      ],
      remarks: [{ kind: 'unversioned', path: 'db/0002_lost.sql' }],
    });
  });

  test('folders without a journal run in the order of their names', () => {
    const files = {
      '20260102000000_b/migration.sql': 'SELECT 2;',
      '20260101000000_a/migration.sql': 'SELECT 1;',
    };
    expect(read(layout, files).migrations.map(({ version }) => version)).toEqual([
      '20260101000000_a',
      '20260102000000_b',
    ]);
  });

  test('a journal that is none', () => {
    expect(() => read(layout, { '0000_a.sql': '', 'meta/_journal.json': '{"entries":[' })).toThrow(
      "this is no journal of drizzle's",
    );
  });
});
