import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { applyBase } from '../../src/migrations/apply.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import { migration } from '../support/migration.ts';
import { TestServer, testedVersions } from '../support/server.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 2_000);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function apply(...texts: readonly string[]) {
    await using session = await server.session();
    await applyBase(
      session,
      texts.map((text, index) => migration(text, index + 1)),
    );
    return await readCatalogue(session);
  }

  test('applies files in order, whatever they do about transactions', async () => {
    const { tables } = await apply(
      'CREATE TABLE a (id int PRIMARY KEY); SET search_path = pg_catalog;',
      'BEGIN; CREATE TABLE b (id int); COMMIT; CREATE INDEX CONCURRENTLY b_id ON b (id);',
      'CREATE INDEX CONCURRENTLY a_x ON a ((id + 1)); VACUUM a;',
      'CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN NULL; END $$;',
    );
    expect(tables.map(({ name, indexes }) => [name, indexes.map((index) => index.name)])).toEqual([
      ['a', ['a_pkey', 'a_x']],
      ['b', ['b_id']],
    ]);
  });

  test.each([
    ['CREATE TABLE a (id int);\n\nCREATE TABLE a (id int);', 3, 'relation "a" already exists'],
    ['SELECT 1;\nSELEC 1;', 2, 'syntax error at or near "SELEC"'],
    ['SELECT 1;\n\nSELECT é FROM x', 3, 'relation "x" does not exist'],
    ['BEGIN;\nCREATE TABLE a (id intt);\nCOMMIT', 2, 'type "intt" does not exist'],
  ])('says where the base fails: %j', async (text, line, message) => {
    await expect(apply('SELECT 1', text)).rejects.toMatchObject({
      problems: [{ location: { file: '2.sql', line }, message: expect.stringContaining(message) }],
    });
  });

  test('does not wait for a base that does not end', async () => {
    await expect(apply('SELECT pg_sleep(1e6)')).rejects.toMatchObject({
      problems: [{ message: 'a migration of the base does not finish: stopped after 2 s' }],
    });
  });

  test('reads the catalogue', async () => {
    const { tables } = await apply(`
      CREATE TYPE mood AS ENUM ('sad', 'happy');
      CREATE TABLE parent (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "odd name" varchar(20) NOT NULL, mood mood DEFAULT 'sad');
      CREATE UNIQUE INDEX parent_odd ON parent (lower("odd name"), mood DESC) INCLUDE (id) WHERE mood = 'happy';
      CREATE TABLE child (a int, b int, parent_id bigint REFERENCES parent) PARTITION BY LIST (a);
      CREATE TABLE child_1 PARTITION OF child FOR VALUES IN (1);
      CREATE MATERIALIZED VIEW seen AS SELECT 1 AS one;
    `);
    const [parent, child, partition, view] = tables;
    expect(parent).toMatchObject({ schema: 'public', name: 'parent', kind: 'table', partitionOf: null });
    expect(parent?.columns).toMatchObject([
      { name: 'id', typeName: 'int8', identity: true, notNull: true },
      { name: 'odd name', type: 'character varying(20)', typeName: 'varchar', maxLength: 20, notNull: true },
      { name: 'mood', typeKind: 'enum', enumLabels: 2, default: "'sad'::mood" },
    ]);
    expect(parent?.indexes[1]).toMatchObject({
      name: 'parent_odd',
      unique: true,
      predicate: "(mood = 'happy'::mood)",
      keys: [
        { column: null, expression: 'lower(("odd name")::text)' },
        { column: 'mood', expression: null },
      ],
      included: ['id'],
    });
    expect(child).toMatchObject({
      kind: 'partitioned table',
      foreignKeys: [{ columns: ['parent_id'], references: 'public.parent', referencedColumns: ['id'] }],
    });
    expect(partition).toMatchObject({ name: 'child_1', partitionOf: child?.oid });
    expect(view).toMatchObject({ name: 'seen', kind: 'materialised view' });
  });
});
