import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { migrationsSent } from '../../../src/migrations/sent/migrations.ts';
import { readServerFacts } from '../../../src/migrations/sent/relevance.ts';
import { type Message, sendAll } from '../../support/sent.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'sent');

/** What a program was seen to send, one message a line. */
function messagesOf(program: string): readonly Message[] {
  const lines = readFileSync(join(fixtures, `${program}.jsonl`), 'utf8')
    .trim()
    .split('\n');
  return lines.map((line) => JSON.parse(line));
}

const schema = `
  CREATE TABLE shop_user (id int PRIMARY KEY, email text);
  CREATE TABLE django_migrations (id serial, app text, name text, applied timestamptz);
  CREATE TABLE alembic_version (version_num text);
  CREATE TABLE schema_migrations (version text);
  CREATE TABLE "__EFMigrationsHistory" ("MigrationId" text, "ProductVersion" text);
  CREATE TABLE _prisma_migrations (id text, checksum text, finished_at timestamptz, migration_name text, logs text,
    rolled_back_at timestamptz, started_at timestamptz, applied_steps_count int);`;

interface Expected {
  readonly path: string;
  readonly version: string;
  readonly wrapping: string;
  readonly text: string;
}

/** Programs, the files of a change that uses them, and the migrations that are made of what they send. */
const programs: readonly (readonly [string, readonly string[], readonly Expected[]])[] = [
  [
    'django',
    [
      'blog/migrations/0002_user_active.py',
      'shop/migrations/0002_user_active.py',
      'shop/migrations/0003_concurrently.py',
    ],
    [
      {
        path: 'shop/migrations/0002_user_active.py',
        version: '0002',
        wrapping: 'transaction',
        text: `ALTER TABLE "shop_user" ADD COLUMN "active" boolean DEFAULT true NOT NULL;
ALTER TABLE "shop_user" ALTER COLUMN "active" DROP DEFAULT;
UPDATE "shop_user" SET "active" = false WHERE "shop_user"."email" IS NULL;
CREATE INDEX "shop_user_email_4b2c_idx" ON "shop_user" ("email");
`,
      },
      {
        path: 'shop/migrations/0003_concurrently.py',
        version: '0003',
        wrapping: 'statements',
        text: 'CREATE INDEX CONCURRENTLY "shop_user_active_idx" ON "shop_user" ("active");\n',
      },
      {
        path: '(migrate command)',
        version: '3',
        wrapping: 'transaction',
        text: 'SELECT 1 AS "a" FROM "shop_user" WHERE "shop_user"."active" LIMIT 1;\n',
      },
    ],
  ],
  [
    'alembic',
    ['alembic/versions/ae1027a6acf1_active.py', 'alembic/versions/27c6a30d7c24_index.py'],
    [
      {
        path: 'alembic/versions/ae1027a6acf1_active.py',
        version: 'ae1027a6acf1_active',
        wrapping: 'deploy',
        text: 'ALTER TABLE shop_user ADD COLUMN active BOOLEAN;\n',
      },
      {
        path: 'alembic/versions/27c6a30d7c24_index.py',
        version: '27c6a30d7c24_index',
        wrapping: 'deploy',
        text: 'CREATE INDEX ix_shop_user_email ON shop_user (email);\n',
      },
    ],
  ],
  [
    'prisma',
    [
      'prisma/migrations/20260201100000_active/migration.sql',
      'prisma/migrations/20260202100000_concurrently/migration.sql',
    ],
    [
      {
        path: 'prisma/migrations/20260201100000_active/migration.sql',
        version: '20260201100000',
        wrapping: 'one query',
        text: `-- AlterTable
ALTER TABLE "shop_user" ADD COLUMN     "active" BOOLEAN NOT NULL DEFAULT true;

-- CreateIndex
CREATE INDEX "shop_user_email_idx" ON "shop_user"("email");
`,
      },
      {
        path: 'prisma/migrations/20260202100000_concurrently/migration.sql',
        version: '20260202100000',
        wrapping: 'statements',
        text: 'CREATE INDEX CONCURRENTLY "shop_user_active_idx" ON "shop_user"("active");\n',
      },
    ],
  ],
  [
    'rails',
    ['db/migrate/20260201100000_add_active.rb', 'db/migrate/20260202100000_add_index.rb'],
    [
      {
        path: 'db/migrate/20260201100000_add_active.rb',
        version: '20260201100000',
        wrapping: 'transaction',
        text: `SET SESSION lock_timeout TO '5s';
ALTER TABLE "shop_user" ADD "active" boolean DEFAULT TRUE NOT NULL /*application:Shop*/;
`,
      },
      {
        path: 'db/migrate/20260202100000_add_index.rb',
        version: '20260202100000',
        wrapping: 'statements',
        text: `SET SESSION lock_timeout TO '5s';
CREATE INDEX CONCURRENTLY "index_shop_user_on_email" ON "shop_user" ("email") -- no transaction
;
`,
      },
    ],
  ],
  [
    'ef-core',
    ['Migrations/20260201100000_Active.Designer.cs', 'Migrations/20260201100000_Active.cs'],
    [
      {
        path: 'Migrations/20260201100000_Active.cs',
        version: '20260201100000',
        wrapping: 'transaction',
        text: 'ALTER TABLE shop_user ADD active boolean NOT NULL DEFAULT FALSE;\n',
      },
    ],
  ],
];

describe.each(testedVersions)('on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 60_000, true);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(programs)('what %s sends', async (program, paths, expected) => {
    const database = await server.database(schema);
    const sent = await sendAll(server.sandbox, database, messagesOf(program));
    expect(sent.filter(({ failed }) => failed)).toEqual([]);
    await using session = await server.sandbox.connect(database, 'owner');
    const files = paths.map((path) => ({ path, text: '' }));
    const { migrations, incomplete } = migrationsSent(sent, files, await readServerFacts(session));
    expect(
      migrations.map(({ path, version, wrapping, text }) => ({ path, version, wrapping, text })),
    ).toEqual(expected);
    expect(incomplete).toEqual([]);
  });
});
