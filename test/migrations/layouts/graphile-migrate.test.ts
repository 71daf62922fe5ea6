import { describe, expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

describe('graphile-migrate', () => {
  const layout = layoutOf('graphile-migrate', { OWNER: 'app' });

  test('committed files, and the current one that runs again and again', () => {
    expect(
      read(layout, {
        'committed/000002-index.sql':
          '--! Previous: sha1:1\n--! Hash: sha1:2\n--! Message: index\n\n--! no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);',
        'committed/000001.sql':
          "--! Previous: -\n--! Hash: sha1:1\n\nALTER TABLE a OWNER TO :OWNER; SELECT ':OTHER', 1::INT4;",
        'current.sql': 'DROP TABLE IF EXISTS b;',
        'fixtures/f.sql': 'SELECT 1;',
      }),
    ).toEqual({
      migrations: [
        {
          path: 'committed/000001.sql',
          version: '000001',
          wrapping: 'transaction',
          up: ['4: ALTER TABLE a OWNER TO app', "4: SELECT ':OTHER', 1::INT4"],
        },
        {
          path: 'committed/000002-index.sql',
          version: '000002',
          wrapping: 'one query',
          up: ['6: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
        },
        {
          path: 'current.sql',
          version: 'current',
          kind: 'repeatable',
          wrapping: 'transaction',
          up: ['1: DROP TABLE IF EXISTS b'],
        },
      ],
      remarks: [],
    });
  });

  test('a current file in which nothing is left', () => {
    expect(read(layout, { 'current.sql': '-- Enter migration here\n' }).migrations).toEqual([]);
  });

  test('what is included is not read', () => {
    expect(() => read(layout, { 'current.sql': 'SELECT 1;\n--! include f.sql' })).toThrow(
      'an included file is not read',
    );
  });
});
