import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Files, reviewProject, TestProject } from '../../support/project.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const config = { '.github/pg-guardrails.yml': 'placeholders: { app: shop }\n' };

/** Projects as they are, with the migration that a change adds, and the statements of it that are to be run. */
const projects: readonly [tool: string, files: Files, added: string, statements: readonly string[]][] = [
  [
    'goose',
    {
      'migrations/00001_a.sql': '-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n',
      'migrations/00002_b.sql':
        '-- +goose Up\nALTER TABLE a ADD b int;\n\n-- +goose Down\nALTER TABLE a DROP b;\nSELECT 1/0;\n',
    },
    '00002_b.sql',
    ['2: ALTER TABLE a ADD b int'],
  ],
  [
    'flyway',
    {
      'flyway.conf': 'flyway.locations=filesystem:db/sql\nflyway.placeholders.app=other\n',
      'db/sql/V1__a.sql':
        'CREATE TABLE ${app} (id int);\nALTER TABLE flyway_schema_history ENABLE ROW LEVEL SECURITY;',
      'db/sql/V2__b.sql': 'ALTER TABLE ${app} ADD b int;',
      'db/sql/U2__b.sql': 'ALTER TABLE ${app} DROP b;',
    },
    'V2__b.sql',
    ['1: ALTER TABLE shop ADD b int'],
  ],
  [
    'diesel',
    {
      'diesel.toml': '',
      'migrations/2026-01-01-000000_a/up.sql': 'CREATE TABLE a (id int);',
      'migrations/2026-01-01-000000_a/down.sql': 'DROP TABLE a;',
      'migrations/2026-01-02-000000_b/up.sql': 'ALTER TABLE a ADD b int;',
      'migrations/2026-01-02-000000_b/down.sql': 'ALTER TABLE a DROP b;',
    },
    '2026-01-02-000000_b',
    ['1: ALTER TABLE a ADD b int'],
  ],
  [
    'sqitch',
    {
      'sqitch.conf': '[core]\n\tengine = pg\n',
      'sqitch.plan': '%project=x\n\na 2026-01-01T00:00:00Z A <a@b>\nb [a] 2026-01-02T00:00:00Z A <a@b>\n',
      'deploy/a.sql': '\\set ON_ERROR_STOP 1\nBEGIN;\nCREATE TABLE :"app" (id int);\nCOMMIT;\n',
      'deploy/b.sql': 'ALTER TABLE :app ADD b int;\n',
      'verify/b.sql': 'SELECT 1/0;',
    },
    'deploy/b.sql',
    ['1: ALTER TABLE shop ADD b int'],
  ],
  [
    'liquibase',
    {
      'db/changelog/1.sql':
        '--liquibase formatted sql\n--changeset a:1\nCREATE TABLE ${app} (id int);\n--changeset a:2 dbms:mysql\nnonsense;\n',
      'db/changelog/2.sql':
        '--liquibase formatted sql\n\n--changeset a:3\nALTER TABLE ${app} ADD b int;\n--rollback ALTER TABLE ${app} DROP b;\n',
    },
    '2.sql',
    ['4: ALTER TABLE shop ADD b int'],
  ],
  [
    'prisma',
    {
      'prisma/schema.prisma': '',
      'prisma/migrations/migration_lock.toml': '',
      'prisma/migrations/1_a/migration.sql':
        'CREATE TABLE "A" (id int);\nCOMMENT ON TABLE _prisma_migrations IS NULL;',
      'prisma/migrations/2_b/migration.sql': 'ALTER TABLE "A" ADD b int;',
    },
    '2_b',
    ['1: ALTER TABLE "A" ADD b int'],
  ],
];

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  test.each(projects)('a change to a project of %s', async (_, files, added, statements) => {
    using project = new TestProject({ ...files, ...config });
    const review = await reviewProject(server.sandbox, project.root, {
      comparison: { kind: 'named', files: [added] },
    });
    const run = review?.migrations.flatMap((migration) => migration.statements) ?? [];
    expect(run.map(({ line, sql, error }) => (error === null ? `${line}: ${sql}` : error))).toEqual(
      statements,
    );
  });
});
