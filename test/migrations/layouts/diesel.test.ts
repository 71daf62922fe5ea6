import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('diesel: a directory for each, with its metadata', () => {
  expect(
    read(layoutOf('diesel'), {
      '2026-01-02-000000_index/up.sql': 'CREATE INDEX CONCURRENTLY a_id ON a (id);',
      '2026-01-02-000000_index/down.sql': 'DROP INDEX a_id;',
      '2026-01-02-000000_index/metadata.toml': '# why\nrun_in_transaction = false\n',
      '00000000000000_diesel_initial_setup/up.sql': 'SELECT 1;',
      'notes.sql': '',
    }),
  ).toEqual({
    migrations: [
      {
        path: '00000000000000_diesel_initial_setup/up.sql',
        version: '00000000000000',
        wrapping: 'transaction',
        up: ['1: SELECT 1'],
      },
      {
        path: '2026-01-02-000000_index/up.sql',
        version: '20260102000000',
        wrapping: 'one query',
        up: ['1: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
        down: ['1: DROP INDEX a_id'],
      },
    ],
    remarks: [],
  });
});
