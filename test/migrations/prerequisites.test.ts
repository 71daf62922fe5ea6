import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { applyBase } from '../../src/migrations/apply.ts';
import { adapt } from '../../src/migrations/prerequisites/adapt.ts';
import { Provisions } from '../../src/migrations/prerequisites/provisions.ts';
import { migration } from '../support/migration.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Applies a text as the base, and asks the database that comes of it. */
  async function apply(text: string, question = 'SELECT 1') {
    const database = await server.database();
    const provisions = await Provisions.create(server.sandbox, database, [text]);
    const script = provisions.adapt(migration(text), 'merged');
    await using session = await server.sandbox.connect(database, 'owner');
    await applyBase(session, [script], provisions.in(database));
    const [row = {}] = await session.query(question);
    return { answer: Object.values(row)[0], remarks: provisions.remarks(), script };
  }

  const ownerOfT = "SELECT pg_get_userbyid(relowner) FROM pg_class WHERE relname = 't'";

  test.each<[string, string, readonly string[]]>([
    ['GRANT', 'CREATE TABLE t (); GRANT SELECT ON t TO r1; REVOKE ALL ON t FROM "R 2"', ['roles R 2, r1']],
    [
      'SET SESSION AUTHORIZATION',
      "SET SESSION AUTHORIZATION 'r5'; CREATE TABLE t (); SET SESSION\nAUTHORIZATION DEFAULT; RESET SESSION AUTHORIZATION; DROP TABLE t",
      ['role r5'],
    ],
    ['CREATE POLICY', 'CREATE TABLE t (); CREATE POLICY p ON t TO r6, PUBLIC', ['role r6']],
    [
      'default privileges',
      'ALTER DEFAULT PRIVILEGES FOR ROLE r7 GRANT SELECT ON TABLES TO r8',
      ['roles r7, r8'],
    ],
    [
      'CREATE SCHEMA AUTHORIZATION',
      'CREATE SCHEMA s AUTHORIZATION r9; CREATE SCHEMA AUTHORIZATION r10; CREATE TABLE r10.t ()',
      ['roles r10, r9'],
    ],
    [
      'CREATE ROLE',
      "CREATE ROLE r13 SUPERUSER LOGIN PASSWORD 'a;b';\nCREATE USER r14;\nGRANT pg_monitor TO r14;\nALTER ROLE r14 CREATEROLE;\nDROP ROLE r13",
      ['roles r13, r14', '1.sql:1, 1.sql:2, 1.sql:3 and 2 more'],
    ],
    [
      'roles in a DO block',
      `DO $$ BEGIN
         CREATE ROLE r15 LOGIN PASSWORD 'a;b';
         EXECUTE 'CREATE ROLE r16 PASSWORD ''x''';
         EXECUTE format('ALTER ROLE %I LOGIN', 'r15');
       EXCEPTION WHEN duplicate_object THEN NULL;
       END $$; CREATE TABLE t (); GRANT SELECT ON t TO r15, r16`,
      ['roles r15, r16'],
    ],
    [
      'prose in a function about roles',
      `CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
         -- create role for the API, create role manually
         RAISE 'cannot create user with that name';
       END $$`,
      [],
    ],
    [
      'a role that the text hides',
      "CREATE TABLE t (); DO $$ BEGIN EXECUTE 'GRANT SELECT ON t TO r' || 17; END $$",
      ['role r17'],
    ],
    [
      'a role that is hidden in a transaction of the text',
      `BEGIN; CREATE TABLE t (); COMMIT; BEGIN; ALTER TABLE t ADD a int;
       DO $$ BEGIN EXECUTE 'GRANT SELECT ON t TO r' || 18; END $$; COMMIT; ALTER TABLE t DROP a`,
      ['role r18'],
    ],
    ['a schema', 'CREATE TABLE app.t (); CREATE SCHEMA own; CREATE TYPE own.e AS ENUM ()', ['schema app']],
    ['the search path', 'SET search_path = app, public; CREATE TABLE t (); TABLE app.t', ['schema app']],
    [
      'a schema that the text hides',
      "DO $$ BEGIN EXECUTE 'CREATE TABLE app' || 3 || '.t ()'; END $$",
      ['schema app3'],
    ],
    ['a setting', "SELECT current_setting('app.user'), current_setting('app.x', true)", ['setting app.user']],
    ['a setting that the text hides', "SELECT current_setting('app.' || 'tenant')", ['setting app.tenant']],
    [
      'an extension that wants a superuser',
      'CREATE EXTENSION pg_stat_statements; COMMENT ON EXTENSION pg_stat_statements IS NULL; DROP EXTENSION pg_stat_statements',
      ['extension pg_stat_statements'],
    ],
    [
      'an extension in a schema of the text',
      'CREATE SCHEMA x; CREATE EXTENSION earthdistance SCHEMA x CASCADE; SELECT x.earth()',
      ['schema x', 'extension earthdistance'],
    ],
    [
      'trusted extensions',
      "CREATE EXTENSION pgcrypto; CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog; COMMENT ON EXTENSION pgcrypto IS 'x'; DROP EXTENSION pgcrypto; DROP EXTENSION IF EXISTS hstore, citext",
      [],
    ],
    [
      'an extension of another version',
      "CREATE EXTENSION pgcrypto VERSION '0.1'; SELECT digest('', 'md5')",
      ['1.sql:1'],
    ],
    ['an extension that is not there', 'CREATE EXTENSION vector; ALTER EXTENSION vector UPDATE', ['1.sql:1']],
    [
      'foreign data',
      `CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'x');
       CREATE USER MAPPING FOR CURRENT_USER SERVER far; CREATE FOREIGN TABLE t (a int) SERVER far;
       IMPORT FOREIGN SCHEMA s FROM SERVER far INTO public; DROP SERVER far CASCADE`,
      ['foreign-data wrapper postgres_fdw', '1.sql:1', '1.sql:3'],
    ],
    [
      'publications',
      `CREATE PUBLICATION p FOR ALL TABLES; ALTER PUBLICATION p SET (publish = 'insert'); DROP PUBLICATION p;
       CREATE TABLE t (); ALTER PUBLICATION live ADD TABLE t; CREATE PUBLICATION q FOR TABLE t;
       ALTER PUBLICATION p OWNER TO postgres; ALTER PUBLICATION q OWNER TO postgres; COMMENT ON PUBLICATION p IS 'x'`,
      ['role postgres', 'publication live', '1.sql:1'],
    ],
    [
      'the server',
      `ALTER SYSTEM SET work_mem = '1GB'; CREATE DATABASE other; ALTER DATABASE shop SET timezone = 'UTC';
       GRANT CONNECT ON DATABASE shop TO r1; COMMENT ON DATABASE shop IS 'x'; CHECKPOINT;
       CREATE SUBSCRIPTION s CONNECTION 'host=x' PUBLICATION p;
       SET session_replication_role = replica;\nCREATE TABLESPACE fast LOCATION '/x'; LOAD 'auto_explain'`,
      ['1.sql:1, 1.sql:2, 1.sql:5', '1.sql:3', '1.sql:4, 1.sql:5'],
    ],
    [
      'settings of another version',
      "SET no_such_setting = 0; SET transaction_timeout = 0; SET TIME ZONE 0; SET NAMES 'utf8'; SET ROLE NONE; RESET ALL",
      ['1.sql:1'],
    ],
    [
      'the schema public',
      `CREATE SCHEMA public; COMMENT ON SCHEMA public IS 'x'; ALTER SCHEMA public OWNER TO postgres;
       REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT ALL ON SCHEMA public TO postgres; CREATE TABLE t ()`,
      ['role postgres'],
    ],
  ])('%s', async (_, text, subjects) => {
    const { remarks, script } = await apply(text);
    const told = remarks.map(({ subject }) => subject);
    // Roles belong to the server, which other tests use as well.
    const isKnown = (subject: string) => told.includes(subject) || subject.startsWith('role');
    expect(subjects.filter((subject) => !isKnown(subject))).toEqual([]);
    expect(told.filter((subject) => !subjects.includes(subject))).toEqual([]);
    expect(JSON.stringify(remarks)).not.toContain('could not be created');
    expect(script.text).toHaveLength(text.length);
  });

  test.each([
    ['CREATE TABLE t (); ALTER TABLE t OWNER TO o1', 'o1'],
    ['CREATE TABLE t (); ALTER TABLE t OWNER TO postgres', 'postgres'],
    ['CREATE SCHEMA s; CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO o1; ALTER TABLE s.t ADD a int', 'o1'],
    ['SET ROLE o2; CREATE TABLE t ()', 'o2'],
    ['SET SESSION AUTHORIZATION o2; CREATE SCHEMA s; CREATE TABLE s.t ()', 'o2'],
    ['SET ROLE o2; CREATE TABLE t (); RESET ROLE; REASSIGN OWNED BY o2 TO o3', 'o3'],
    ['CREATE SCHEMA s AUTHORIZATION o4; CREATE TABLE s.t (); ALTER TABLE s.t OWNER TO o5', 'o5'],
    [
      `CREATE ROLE m1; CREATE ROLE m2 IN ROLE m1 ROLE m3; GRANT m3 TO m4; CREATE TABLE t (); ALTER TABLE t OWNER TO m1;
       SET ROLE m4; ALTER TABLE t ADD a int`,
      'm1',
    ],
  ])('roles can be given things and act: %s', async (text, owner) => {
    expect((await apply(text, ownerOfT)).answer).toBe(owner);
  });

  test('roles have no power, whatever a text says, and the owner gets none through them', async () => {
    const text = `CREATE ROLE mighty SUPERUSER CREATEROLE LOGIN; GRANT pg_execute_server_program TO mighty;
      DO $$ BEGIN EXECUTE 'GRANT pg_execute_server_program TO migh' || 'ty'; EXCEPTION WHEN others THEN NULL; END $$;
      DO $$ BEGIN EXECUTE 'ALTER ROLE migh' || 'ty SUPERUSER'; EXCEPTION WHEN others THEN NULL; END $$;
      DO $$ BEGIN EXECUTE 'CREATE ROLE ' || 'other'; EXCEPTION WHEN others THEN NULL; END $$;
      CREATE TABLE t (); ALTER TABLE t OWNER TO guardrails_superuser;`;
    await expect(apply(text)).rejects.toThrow(/guardrails_superuser/);
    await using superuser = await server.sandbox.connect('postgres', 'superuser');
    const roles = await superuser.query(
      `SELECT rolname, rolsuper, rolcreaterole, rolcanlogin,
         pg_has_role(rolname, 'pg_execute_server_program', 'MEMBER') AS executes
       FROM pg_roles WHERE rolname IN ('mighty', 'other', 'guardrails') ORDER BY 1`,
    );
    const none = { rolsuper: false, rolcreaterole: false, executes: false };
    expect(roles).toEqual([
      { rolname: 'guardrails', ...none, rolcanlogin: true },
      { rolname: 'mighty', ...none, rolcanlogin: false },
    ]);
  });

  test('a change that takes things for granted is observed without them failing', async () => {
    using project = new TestProject({
      'migrations/0001_base.sql': 'CREATE ROLE shop; CREATE TABLE t (a int); GRANT SELECT ON t TO shop;',
      'migrations/0002_change.sql':
        'CREATE ROLE clerk;\nSET lock_timeout = 1000;\nALTER TABLE t OWNER TO keeper;\nGRANT SELECT ON t TO clerk;\nALTER TABLE t ADD b int;',
    });
    const comparison = { kind: 'named', files: ['0002_change.sql'] } as const;
    const result = await reviewProject(server.sandbox, project.root, { comparison });
    const statements = result?.migrations.flatMap((each) => each.statements) ?? [];
    expect(statements.map(({ line, error }) => [line, error])).toEqual(
      [2, 3, 4, 5].map((line) => [line, null]),
    );
    expect(result?.unchecked).toEqual([
      {
        subject: 'roles clerk, keeper, shop',
        reason: 'created without any power, since a fresh server lacks it',
      },
      {
        subject: 'migrations/0001_base.sql:1, migrations/0002_change.sql:1',
        reason: expect.stringMatching(/^not run:/),
      },
    ]);
  });

  test('what needs an extension that is not there fails, and says what to do', async () => {
    await expect(apply('CREATE EXTENSION vector; CREATE TABLE t (v vector(3))')).rejects.toMatchObject({
      problems: [
        {
          message: expect.stringContaining('type "vector" does not exist'),
          hint: expect.stringContaining('--postgres-image'),
        },
      ],
    });
  });

  test('a setting that the server does not know fails what the change adds', async () => {
    const provisions = await Provisions.create(server.sandbox, await server.database(), []);
    const script = migration('SET no_such_timeout = 0');
    expect(provisions.adapt(script, 'new')).toBe(script);
    expect(provisions.adapt(script, 'merged').text.trim()).toBe('');
  });
});

test('a text keeps its length and lines', () => {
  const circumstances = {
    server: {
      extensions: new Map(),
      settings: new Set<string>(),
      superuserSettings: new Set(['session_replication_role']),
    },
    schemas: new Set<string>(),
    leftOutPublications: new Set<string>(),
    hasRun: true,
  };
  const pieces = [
    'CREATE ROLE é',
    "COMMENT ON EXTENSION x IS '\n'",
    'SELECT 1',
    '-- a;\n',
    'SET SESSION\nAUTHORIZATION\r\nDEFAULT',
    'SET x\n= 1',
    "DO $$ BEGIN CREATE\nROLE a PASSWORD '😀'; EXECUTE 'DROP ROLE x'; END $$",
    "CREATE EXTENSION x VERSION\n'1'",
    'RESET SESSION AUTHORIZATION',
  ];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...pieces)), (chosen) => {
      const text = chosen.join(';\n');
      const { text: adapted } = adapt(text, circumstances);
      const breaks = (each: string) => [...each.matchAll(/\n/g)].map(({ index }) => index);
      expect(adapted).toHaveLength(text.length);
      expect(breaks(adapted).length).toBe(breaks(text).length);
      expect(adapted).not.toMatch(/create\s+role|drop\s+role|authorization/i);
      expect(adapted.split('SELECT 1')).toHaveLength(text.split('SELECT 1').length);
    }),
  );
});
