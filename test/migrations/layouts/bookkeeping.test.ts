import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { bookkeepingFor } from '../../../src/migrations/layouts/bookkeeping.ts';
import { tools } from '../../../src/migrations/layouts/tools.ts';
import { layoutOf } from '../../support/layout.ts';
import { migration } from '../../support/migration.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(tools.map(({ name }) => name))('the books of %s', async (name) => {
    const { bookkeeping } = layoutOf(name);
    const mentions = bookkeeping.map((table, index) =>
      migration(`COMMENT ON TABLE x IS '${table.name}'`, index),
    );
    const ddl = bookkeepingFor(layoutOf(name), mentions);
    expect(ddl).toHaveLength(bookkeeping.length);
    await using session = await server.session(ddl.join(';\n'));
    for (const table of bookkeeping) {
      const found = await session.query(
        `SELECT relname FROM pg_class WHERE relname = '${table.name}'
         UNION ALL SELECT nspname FROM pg_namespace WHERE nspname = '${table.name}'`,
      );
      expect(found.length).toBeGreaterThan(0);
    }
  });
});

test.each([
  ['nobody mentions them', ['CREATE TABLE a (id int)'], 0],
  ['a migration does', ['ALTER TABLE public.schema_migrations ENABLE ROW LEVEL SECURITY'], 1],
  ['a name that only begins alike', ['CREATE TABLE schema_migrations_old (id int)'], 0],
  [
    'a migration creates them',
    ['CREATE TABLE schema_migrations (version bigint)', 'TABLE schema_migrations'],
    0,
  ],
])('%s', (_, texts, expected) => {
  expect(
    bookkeepingFor(
      layoutOf('dbmate'),
      texts.map((text) => migration(text)),
    ),
  ).toHaveLength(expected);
});

test('a way back counts', () => {
  const down = { path: '1.sql', text: 'DELETE FROM schema_migrations', wrapping: 'transaction' as const };
  expect(bookkeepingFor(layoutOf('dbmate'), [migration('SELECT 1', 1, { down })])).toHaveLength(1);
});
