import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('node-pg-migrate: halves in either order; everything pending in one transaction', () => {
  expect(
    read(layoutOf('node-pg-migrate'), {
      '1767225600000_a.sql': '-- Up Migration\nCREATE TABLE a (id int);\n\n-- Down Migration\nDROP TABLE a;',
      '1767225600001_b.sql': '-- Down Migration\nDROP TABLE b;\n-- Up Migration\nCREATE TABLE b (id int);',
      '1767225600002-c.sql': 'SELECT 3;',
      '1767225600003_d.js': 'export const up = () => {};',
    }),
  ).toEqual({
    migrations: [
      {
        path: '1767225600000_a.sql',
        version: '1767225600000',
        wrapping: 'deploy',
        up: ['2: CREATE TABLE a (id int)'],
        down: ['5: DROP TABLE a'],
      },
      {
        path: '1767225600001_b.sql',
        version: '1767225600001',
        wrapping: 'deploy',
        up: ['4: CREATE TABLE b (id int)'],
        down: ['2: DROP TABLE b'],
      },
      { path: '1767225600002-c.sql', version: '1767225600002', wrapping: 'deploy', up: ['1: SELECT 3'] },
    ],
    remarks: [{ kind: 'in code', path: 'db/1767225600003_d.js' }],
  });
});
