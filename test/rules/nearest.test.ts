import { expect, test } from '@jest/globals';
import { nearest } from '../../src/rules/nearest.ts';

const known = ['migration/blocking-scan', 'migration/blocking-index-build', 'query/rows-read'];

test.each([
  ['migration/blocking-scam', 'migration/blocking-scan'],
  ['migration/blocking-index', 'migration/blocking-index-build'],
  ['rows-read', 'query/rows-read'],
  ['rowsread', null],
  ['Query/RowsRead', 'query/rows-read'],
  ['tiny', null],
  ['', null],
])('%j is nearest to %j', (name, expected) => expect(nearest(name, known)).toBe(expected));
