import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('atlas: directives, checkpoints and archives', () => {
  expect(
    read(layoutOf('atlas'), {
      '20260101000000_a.sql': 'CREATE TABLE a (id int);',
      '20260102000000_index.sql': '-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY a_id ON a (id);',
      '20260103000000_checkpoint.sql': '-- atlas:checkpoint\n\nCREATE TABLE a (id int);',
      '20260104000000_b.sql':
        '-- atlas:txtar\n\n-- checks.sql --\nSELECT 0;\n-- migration.sql --\nSELECT 1;\n-- down.sql --\nSELECT 2;\n',
      'atlas.sum': 'h1:x',
    }),
  ).toEqual({
    migrations: [
      {
        path: '20260101000000_a.sql',
        version: '20260101000000',
        wrapping: 'transaction',
        up: ['1: CREATE TABLE a (id int)'],
      },
      {
        path: '20260102000000_index.sql',
        version: '20260102000000',
        wrapping: 'statements',
        up: ['3: CREATE INDEX CONCURRENTLY a_id ON a (id)'],
      },
      {
        path: '20260103000000_checkpoint.sql',
        version: '20260103000000',
        kind: 'baseline',
        wrapping: 'transaction',
        up: ['3: CREATE TABLE a (id int)'],
      },
      {
        path: '20260104000000_b.sql',
        version: '20260104000000',
        wrapping: 'transaction',
        up: ['6: SELECT 1'],
        down: ['8: SELECT 2'],
      },
    ],
    remarks: [],
  });
});
