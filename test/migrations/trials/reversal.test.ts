import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reverseChange } from '../../../src/migrations/trials/reversal.ts';
import { migration } from '../../support/migration.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reverse(...pairs: readonly (readonly [string, string | null])[]) {
    const template = await server.database(
      'CREATE TABLE t (a int NOT NULL, b text); INSERT INTO t VALUES (1); CREATE TABLE k (id int PRIMARY KEY)',
    );
    const migrations = pairs.map(([up, down], index) => {
      const number = index + 1;
      const script =
        down === null ? null : { path: `${number}.down.sql`, text: down, wrapping: 'unknown' as const };
      return migration(up, number, { down: script });
    });
    return reverseChange(server.sandbox, { template, migrations });
  }

  test.each<readonly [string, string | null, object]>([
    ['ALTER TABLE t ADD c int', 'ALTER TABLE t DROP c', { kind: 'restored' }],
    ['CREATE INDEX CONCURRENTLY i ON t (a)', 'DROP INDEX CONCURRENTLY i', { kind: 'restored' }],
    ['ALTER TABLE t DROP b', 'ALTER TABLE t ADD b text', { kind: 'restored' }],
    ['ALTER TABLE t ADD c int', null, { kind: 'missing' }],
    [
      'ALTER TABLE t DROP b',
      'ALTER TABLE t ADD b varchar(10)',
      {
        kind: 'differs',
        differences: [
          { kind: 'altered', before: { type: 'text' }, after: { type: 'character varying(10)' } },
        ],
      },
    ],
    [
      'ALTER TABLE t DROP b; CREATE TABLE u (id int)',
      'SELECT 1',
      {
        kind: 'differs',
        differences: [
          { kind: 'created', object: { kind: 'table', name: 'public.u' } },
          { kind: 'dropped', object: { kind: 'column', name: 'b' } },
          { kind: 'created', object: { kind: 'column', name: 'id' } },
        ],
      },
    ],
    [
      'ALTER TABLE t ALTER a DROP NOT NULL; UPDATE t SET a = NULL',
      'ALTER TABLE t ALTER a SET NOT NULL',
      { kind: 'failed', during: 'down', error: { sqlstate: '23502' } },
    ],
    [
      'ALTER TABLE t ADD c int; INSERT INTO k VALUES (1)',
      'ALTER TABLE t DROP c',
      {
        kind: 'failed',
        during: 'up again',
        statement: { sql: 'INSERT INTO k VALUES (1)' },
        error: { sqlstate: '23505' },
      },
    ],
  ])('%s, back with %s', async (up, down, outcome) => {
    expect(await reverse([up, down])).toMatchObject([
      { file: '1.sql', down: down === null ? null : '1.down.sql', outcome },
    ]);
  });

  test('each migration goes back to where the one before it led', async () => {
    const reversals = await reverse(
      ['ALTER TABLE t ADD c int', 'ALTER TABLE t DROP c'],
      ['ALTER TABLE t ALTER c SET DEFAULT 1, ALTER b SET NOT NULL', 'ALTER TABLE t ALTER c DROP DEFAULT'],
      ['ALTER TABLE t RENAME c TO d', 'ALTER TABLE t RENAME d TO c'],
    );
    expect(reversals.map(({ outcome }) => outcome.kind)).toEqual(['restored']);
  });
});
