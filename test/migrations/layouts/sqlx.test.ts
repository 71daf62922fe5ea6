import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('sqlx: plain and paired files, with and without a transaction', () => {
  expect(
    read(layoutOf('sqlx'), {
      '3_split.up.sql': '-- no-transaction\nSELECT 1;\n/* sqlx: split */\nSELECT 2;',
      '2_index.up.sql': '-- no-transaction\nCREATE INDEX CONCURRENTLY a_id ON a (id);',
      '2_index.down.sql': 'DROP INDEX a_id;',
      '1_a.sql': 'CREATE TABLE a (id int); -- no-transaction',
    }).migrations.map(({ path, wrapping, down }) => [path, wrapping, down]),
  ).toEqual([
    ['1_a.sql', 'transaction', undefined],
    ['2_index.up.sql', 'one query', ['1: DROP INDEX a_id']],
    ['3_split.up.sql', 'statements', undefined],
  ]);
});
