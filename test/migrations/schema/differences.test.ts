import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { differences, differencesByName, sameSchema } from '../../../src/migrations/schema/differences.ts';
import { readSchema } from '../../../src/migrations/schema/read.ts';
import type { SchemaDifference, SchemaObject } from '../../../src/model/schema.ts';
import type { Session } from '../../../src/model/server.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const fixture = `
  CREATE TYPE mood AS ENUM ('sad', 'happy');
  CREATE TABLE ref (id int PRIMARY KEY);
  CREATE TABLE big (id int PRIMARY KEY, a int NOT NULL, b varchar(50), ref_id int, feel mood);
  CREATE INDEX big_b ON big (lower(b)) WHERE a > 0;
  ALTER TABLE big ADD CONSTRAINT big_ref FOREIGN KEY (ref_id) REFERENCES ref NOT VALID;
  CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
`;

function objectName(object: SchemaObject): string {
  return [object.kind, ...('table' in object ? [object.table] : []), object.name].join(' ');
}

function changed(before: SchemaObject, after: SchemaObject): readonly string[] {
  const from = new Map<string, unknown>(Object.entries(before));
  const properties = Object.entries(after).filter(
    ([name, value]) => !isDeepStrictEqual(value, from.get(name)),
  );
  return properties.map(([name]) => name).filter((name) => name !== 'key');
}

/** `created table public.t`, `altered column public.t a: type, default`. */
function inShort(difference: SchemaDifference): string {
  if (difference.kind !== 'altered') return `${difference.kind} ${objectName(difference.object)}`;
  const { before, after } = difference;
  return `altered ${objectName(before)}: ${changed(before, after).join(', ')}`;
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(fixture);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function after(sql: string) {
    const before = await readSchema(session);
    await session.script('BEGIN');
    await session.script(sql);
    const found = { before, after: await readSchema(session) };
    await session.script('ROLLBACK');
    return found;
  }

  const cases: readonly (readonly [sql: string, ...differences: readonly string[]])[] = [
    ['INSERT INTO ref VALUES (1)'],
    ['DROP INDEX big_b; CREATE INDEX big_b ON big (lower(b)) WHERE a > 0'],
    ['ALTER TABLE big ALTER a DROP NOT NULL', 'altered column public.big a: notNull'],
    ['ALTER TABLE big ALTER b SET NOT NULL', 'altered column public.big b: notNull'],
    [
      'ALTER TABLE big VALIDATE CONSTRAINT big_ref',
      'altered constraint public.big big_ref: definition, validated',
    ],
    [
      'CREATE TABLE t (id int PRIMARY KEY, a text)',
      'created table public.t',
      'created column public.t id',
      'created column public.t a',
      'created constraint public.t t_pkey',
      'created index public.t public.t_pkey',
    ],
    [
      'ALTER TABLE big RENAME TO large',
      'altered table public.big: name',
      'altered index public.big public.big_b: table, definition',
      'altered index public.big public.big_pkey: table, definition',
    ],
    [
      'ALTER TABLE big ALTER b TYPE text',
      'altered column public.big b: type',
      'altered index public.big public.big_b: definition, keys',
    ],
    [
      'DROP TABLE ref CASCADE',
      'dropped table public.ref',
      'dropped column public.ref id',
      'dropped constraint public.big big_ref',
      'dropped constraint public.ref ref_pkey',
      'dropped index public.ref public.ref_pkey',
    ],
    [
      'DROP TABLE ref CASCADE; CREATE TABLE ref (id int PRIMARY KEY)',
      'created table public.ref',
      'dropped table public.ref',
      'created column public.ref id',
      'dropped column public.ref id',
      'dropped constraint public.big big_ref',
    ],
    ["ALTER TYPE mood ADD VALUE 'ok' BEFORE 'happy'", 'altered enum public.mood: labels'],
    [
      'CREATE OR REPLACE FUNCTION one() RETURNS int STABLE LANGUAGE sql AS $$ SELECT 1 $$',
      'altered function public.one(): definition, volatility',
    ],
  ];

  test.each(cases)('tells what happened: %s', async (sql, ...expected) => {
    const states = await after(sql);
    expect(differences(states.before, states.after).map(inShort)).toEqual(expected);
  });

  test('is the same whatever the session is set to, and leaves its settings alone', async () => {
    const before = await readSchema(session);
    await session.script(`SET search_path = nowhere; SET timezone = 'Asia/Tokyo';
      SET statement_timeout = '1min'`);
    await session.script('BEGIN; SET LOCAL search_path = public; SET LOCAL quote_all_identifiers = on');
    expect(await readSchema(session)).toEqual(before);
    const current =
      "SELECT current_setting('search_path') AS path, current_setting('statement_timeout') AS ms";
    expect(await session.query(current)).toEqual([{ path: 'public', ms: '1min' }]);
    await session.script('COMMIT');
    expect(await session.query(current)).toEqual([{ path: 'nowhere', ms: '1min' }]);
    await session.script('RESET ALL');
  });

  test('compares schemas that were built apart by name', async () => {
    const first = await readSchema(session);
    const again = await readSchema(
      await server.session(`CREATE TABLE before (id int); ${fixture}; DROP TABLE before;
      ALTER TABLE big ADD COLUMN feel_again mood; ALTER TABLE big DROP COLUMN feel;
      ALTER TABLE big RENAME COLUMN feel_again TO feel`),
    );
    expect(differencesByName(first, again)).toEqual([]);
    expect(sameSchema(first, again)).toBe(true);
    const other = await readSchema(
      await server.session(`${fixture}; DROP INDEX big_b; ALTER TABLE big ADD c int`),
    );
    expect(sameSchema(first, other)).toBe(false);
    expect(differencesByName(first, other).map(inShort)).toEqual([
      'created column public.big c',
      'dropped index public.big public.big_b',
    ]);
  });
});
