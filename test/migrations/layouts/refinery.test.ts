import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('refinery: always one transaction', () => {
  expect(
    read(layoutOf('refinery'), { 'V10__b.sql': 'SELECT 2;', 'U9__a.sql': 'SELECT 1;', 'V11__c.rs': '' }),
  ).toEqual({
    migrations: [
      { path: 'U9__a.sql', version: '9', wrapping: 'transaction', up: ['1: SELECT 1'] },
      { path: 'V10__b.sql', version: '10', wrapping: 'transaction', up: ['1: SELECT 2'] },
    ],
    remarks: [{ kind: 'in code', path: 'db/V11__c.rs' }],
  });
});
