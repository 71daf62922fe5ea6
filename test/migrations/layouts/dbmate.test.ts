import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('dbmate: blocks with options', () => {
  expect(
    read(layoutOf('dbmate'), {
      '20260102000000_index.sql':
        '-- migrate:up transaction:false\nCREATE INDEX CONCURRENTLY a_id ON a (id);\n\n-- migrate:down\nDROP INDEX a_id;\n',
      '20260101000000_a.sql': '-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down transaction:false\n',
    }).migrations,
  ).toEqual([
    {
      path: '20260101000000_a.sql',
      version: '20260101000000',
      wrapping: 'transaction',
      up: ['2: CREATE TABLE a (id int)'],
      down: [],
    },
    {
      path: '20260102000000_index.sql',
      version: '20260102000000',
      wrapping: 'one query',
      up: ['2: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
      down: ['5: DROP INDEX a_id'],
    },
  ]);
});

test('dbmate: several blocks in one file, each with its options', () => {
  const text = [
    '-- migrate:up',
    'SELECT 1;',
    '-- migrate:down',
    'SELECT -1;',
    '-- migrate:up transaction:false',
    'SELECT 2;',
    '-- migrate:down',
    'SELECT -2;',
  ].join('\n');
  expect(read(layoutOf('dbmate'), { '7_a.sql': text })).toEqual({
    migrations: [
      { path: '7_a.sql', version: '7', wrapping: 'transaction', up: ['2: SELECT 1'], down: ['4: SELECT -1'] },
      { path: '7_a.sql', version: '7#2', wrapping: 'one query', up: ['6: SELECT 2'], down: ['8: SELECT -2'] },
    ],
    remarks: [],
  });
});

test('dbmate: a file without a block', () => {
  expect(() => read(layoutOf('dbmate'), { '7_a.sql': 'SELECT 1;' })).toThrow('no `-- migrate:up` in it');
});
