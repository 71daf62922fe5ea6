import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { NamedFiles } from '../../../src/migrations/sent/files.ts';
import { migrationsSent } from '../../../src/migrations/sent/migrations.ts';
import { readServerFacts } from '../../../src/migrations/sent/relevance.ts';
import { type Message, sendAll } from '../../support/sent.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const schema = `
  CREATE TABLE t (id serial, a int);
  CREATE TABLE schema_migrations (version text);
  CREATE FUNCTION change() RETURNS void LANGUAGE sql AS 'UPDATE t SET a = 1';
  CREATE FUNCTION compute() RETURNS int STABLE LANGUAGE sql AS 'SELECT 1';`;

const record = (version: string) => `INSERT INTO schema_migrations VALUES ('${version}')`;
const add = (column: string) => `ALTER TABLE t ADD ${column} int`;
const files = ['0001_first.rb', '0002_second.rb', '0003_third.rb'];

type Made = readonly [path: string, wrapping: string, ...lines: readonly string[]];

/** What is sent, each message as text or with its session, and the migrations that are made of it. */
const cases: readonly (readonly [string, readonly (string | Message)[], readonly Made[]])[] = [
  [
    'several transactions of one migration',
    [add('b'), 'BEGIN', add('c'), add('d'), 'COMMIT', 'BEGIN', add('e'), 'COMMIT', record('0001')],
    [
      [
        '0001_first.rb',
        'statements',
        add('b'),
        'BEGIN',
        add('c'),
        add('d'),
        'COMMIT',
        'BEGIN',
        add('e'),
        'COMMIT',
      ],
    ],
  ],
  [
    'all migrations in one transaction',
    ['BEGIN', add('b'), record('0001'), add('c'), record('0002'), 'COMMIT'],
    [
      ['0001_first.rb', 'deploy', add('b')],
      ['0002_second.rb', 'deploy', add('c')],
    ],
  ],
  [
    'some migrations in one transaction, which are taken as one',
    ['BEGIN', add('b'), record('0001'), add('c'), record('0002'), 'COMMIT', add('d'), record('0003')],
    [
      ['0001_first.rb', 'transaction', add('b'), add('c')],
      ['0003_third.rb', 'statements', add('d')],
    ],
  ],
  ['no books', [add('b'), add('c')], [['(migrate command)', 'statements', add('b'), add('c')]]],
  [
    'a version of no file',
    ['BEGIN', add('b'), record('0009'), 'COMMIT'],
    [['(migrate command)', 'transaction', add('b')]],
  ],
  [
    'a text of several statements, books included',
    [`${add('b')}; ${add('c')}; ${record('0001')}`],
    [['0001_first.rb', 'transaction', add('b'), add('c')]],
  ],
  [
    'settings of a session, for every migration until they end',
    [
      ...["SET lock_timeout = '2s'", "SET timezone TO 'UTC'", "SET client_min_messages TO 'warning'"],
      ...[
        add('b'),
        record('0001'),
        'BEGIN',
        "SET LOCAL search_path = 'public'",
        add('c'),
        'COMMIT',
        record('0002'),
      ],
      ...['RESET lock_timeout', add('d'), record('0003')],
    ],
    [
      ['0001_first.rb', 'statements', "SET lock_timeout = '2s'", add('b')],
      [
        '0002_second.rb',
        'transaction',
        "SET lock_timeout = '2s'",
        "SET LOCAL search_path = 'public'",
        add('c'),
      ],
      ['0003_third.rb', 'statements', add('d')],
    ],
  ],
  [
    'settings between statements, and by a function',
    [
      add('b'),
      "SELECT set_config('lock_timeout', '1s', false)",
      add('c'),
      'RESET ALL',
      add('d'),
      record('0001'),
    ],
    [
      [
        ...(['0001_first.rb', 'statements', add('b')] as const),
        ...["SELECT set_config('lock_timeout', '1s', false)", add('c'), 'RESET ALL', add('d')],
      ],
    ],
  ],
  [
    'settings of another session, which do not hold',
    [
      ['a', "SET lock_timeout = '2s'"],
      ['b', add('b')],
      ['b', record('0001')],
    ],
    [['0001_first.rb', 'statements', add('b')]],
  ],
  [
    'statements that only read',
    [
      ...[
        'SELECT 1',
        'SHOW work_mem',
        'SELECT pg_try_advisory_lock(1)',
        'SELECT compute()',
        'EXPLAIN SELECT 1',
      ],
      ...[
        'SELECT relname FROM pg_class',
        'SELECT * FROM information_schema.tables',
        'SELECT * FROM schema_migrations',
      ],
      ...[
        "SELECT setval('t_id_seq', 7)",
        'SELECT change()',
        'SELECT a FROM t FOR UPDATE',
        'SELECT 1 INTO made',
      ],
    ],
    [
      [
        ...(['(migrate command)', 'statements', "SELECT setval('t_id_seq', 7)"] as const),
        ...['SELECT change()', 'SELECT a FROM t FOR UPDATE', 'SELECT 1 INTO made'],
      ],
    ],
  ],
  [
    'a comment at the end',
    [`${add('b')} -- why`, `${add('c')} /* why */`],
    [['(migrate command)', 'statements', `${add('b')} -- why\n`, `${add('c')} /* why */`]],
  ],
  ['nothing but reading and books', ['SELECT 1', "SET lock_timeout = '2s'", record('0001')], []],
];

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(cases)('%s', async (_, messages, expected) => {
    const database = await server.database(schema);
    const toSend = messages.map((each): Message => (typeof each === 'string' ? ['a', each] : each));
    const sent = await sendAll(server.sandbox, database, toSend);
    expect(sent.filter(({ failed }) => failed)).toEqual([]);
    await using session = await server.sandbox.connect(database, 'owner');
    const changed = files.map((path) => ({ path, text: '' }));
    const { migrations } = migrationsSent(sent, changed, await readServerFacts(session));
    expect(migrations.map(({ path, wrapping, text }) => [path, wrapping, text])).toEqual(
      expected.map(([path, wrapping, ...lines]) => [
        path,
        wrapping,
        lines.map((line) => `${line};\n`).join(''),
      ]),
    );
  });
});

describe('a file is found', () => {
  const paths = [
    'auth.py',
    'db/changelog/2026-01.sql',
    'migrations/Version20260114093000.php',
    'priv/repo/migrations/20260114093000_add.exs',
    'seeds/add-users.js',
    'shop/migrations/0002_initial.py',
    'blog/migrations/0002_initial.py',
    'prisma/migrations/20260114_add/migration.sql',
  ];
  const found = new NamedFiles(paths.map((path) => ({ path, text: path })));

  test.each([
    [['DoctrineMigrations\\Version20260114093000'], 'migrations/Version20260114093000.php'],
    [['7', 'ann', 'changelog/2026-01.sql'], 'db/changelog/2026-01.sql'],
    [['20260114093000', '2026-01-14 09:30:00'], 'priv/repo/migrations/20260114093000_add.exs'],
    [['add-users.js'], 'seeds/add-users.js'],
    [['shop', '0002_initial'], 'shop/migrations/0002_initial.py'],
    [['blog', '0002_initial'], 'blog/migrations/0002_initial.py'],
    [['20260114_add'], 'prisma/migrations/20260114_add/migration.sql'],
    [['auth', '0012_none_of_ours'], null],
    [['20'], null],
    [[''], null],
  ])('by %j', (names, path) => expect(found.find(names)?.path ?? null).toBe(path));
});
