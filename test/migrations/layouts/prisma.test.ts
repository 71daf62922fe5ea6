import { expect, test } from '@jest/globals';
import { layoutOf, read } from '../../support/layout.ts';

test('prisma: a directory for each, sent as one query', () => {
  expect(
    read(layoutOf('prisma'), {
      '20260102000000_b/migration.sql': 'SELECT 2;',
      '20260102000000_b/down.sql': 'SELECT -2;',
      '0_init/migration.sql': 'CREATE TABLE "A" ("id" int);',
      'migration_lock.toml': 'provider = "postgresql"',
    }).migrations,
  ).toEqual([
    {
      path: '0_init/migration.sql',
      version: '0_init',
      wrapping: 'one query',
      up: ['1: CREATE TABLE "A" ("id" int)'],
    },
    {
      path: '20260102000000_b/migration.sql',
      version: '20260102000000_b',
      wrapping: 'one query',
      up: ['1: SELECT 2'],
      down: ['1: SELECT -2'],
    },
  ]);
});
