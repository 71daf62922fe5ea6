import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('golang-migrate: pairs of files, each sent as one query', () => {
  expect(
    read(layoutOf('golang-migrate'), {
      '000002_index.up.sql': 'CREATE INDEX CONCURRENTLY a_id ON a (id);',
      '000002_index.down.sql': 'DROP INDEX a_id;',
      '000001_a.up.sql': 'CREATE TABLE a (id int);',
      'notes.sql': '',
    }),
  ).toEqual({
    migrations: [
      {
        path: '000001_a.up.sql',
        version: '000001',
        wrapping: 'one query',
        up: ['1: CREATE TABLE a (id int)'],
      },
      {
        path: '000002_index.up.sql',
        version: '000002',
        wrapping: 'one query',
        up: ['1: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
        down: ['1: DROP INDEX a_id'],
      },
    ],
    remarks: [{ kind: 'unversioned', path: 'db/notes.sql' }],
  });
});
