import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('supabase: statements that refuse a transaction are taken out of it', () => {
  expect(read(layoutOf('supabase'), { '20260101000000_a.sql': 'SELECT 1;' }).migrations).toEqual([
    { path: '20260101000000_a.sql', version: '20260101000000', wrapping: 'unknown', up: ['1: SELECT 1'] },
  ]);
});
