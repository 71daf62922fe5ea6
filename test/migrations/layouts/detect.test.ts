import { describe, expect, test } from '@jest/globals';
import { detectLayout, type Stated } from '../../../src/migrations/layouts/detect.ts';
import { tools } from '../../../src/migrations/layouts/tools.ts';
import { type Files, TestProject } from '../../support/project.ts';

const nothing: Stated = { folder: null, layout: null, placeholders: {} };

async function detect(files: Files, stated: Partial<Stated> = {}): Promise<string> {
  using project = new TestProject(files);
  const detected = await detectLayout(project.root, { ...nothing, ...stated });
  return detected.kind === 'schema'
    ? `schema ${detected.file}`
    : `${detected.layout.name} ${detected.folder}`;
}

const sql = 'SELECT 1;';

test.each<[string, Files, Partial<Stated>]>([
  // What is in the files.
  ['goose migrations', { 'migrations/001_a.sql': '-- +goose Up\nSELECT 1;' }, {}],
  ['dbmate db/migrations', { 'db/migrations/1_a.sql': '-- migrate:up\nSELECT 1;' }, {}],
  ['tern migrations', { 'migrations/001_a.sql': 'SELECT 1;\n---- create above / drop below ----\n' }, {}],
  ['node-pg-migrate migrations', { 'migrations/1_a.sql': '-- Up Migration\nSELECT 1;' }, {}],
  ['liquibase db/changelog', { 'db/changelog/a.sql': '--liquibase formatted sql\n' }, {}],
  ['atlas migrations', { 'migrations/1_a.sql': '-- atlas:txmode none\n\nSELECT 1;' }, {}],
  ['graphile-migrate migrations', { 'migrations/committed/000001.sql': sql }, {}],
  ['diesel migrations', { 'migrations/2026-01-01-000000_a/up.sql': sql }, {}],
  ['drizzle drizzle', { 'drizzle/0000_a.sql': sql, 'drizzle/meta/_journal.json': '{}' }, {}],
  [
    'prisma prisma/migrations',
    { 'prisma/migrations/1_a/migration.sql': sql, 'prisma/migrations/migration_lock.toml': '' },
    {},
  ],
  ['supabase supabase/migrations', { 'supabase/migrations/1_a.sql': sql }, {}],
  ['sqitch .', { 'sqitch.plan': '', 'deploy/a.sql': sql }, {}],
  // What is configured.
  ['sqitch db/app', { 'sqitch.conf': '[core]\n\ttop_dir = db/app', 'db/app/sqitch.plan': '' }, {}],
  ['flyway sql', { 'flyway.conf': 'flyway.locations=filesystem:sql', 'sql/V1__a.sql': sql }, {}],
  [
    'flyway db/sql',
    { 'flyway.toml': '[flyway]\nlocations = ["filesystem:./db/sql"]', 'db/sql/V1__a.sql': sql },
    {},
  ],
  [
    'flyway src/main/resources/db/migration',
    { 'build.gradle': "id 'org.flywaydb.flyway'", 'src/main/resources/db/migration/V1__a.sql': sql },
    {},
  ],
  ['refinery migrations', { 'Cargo.toml': 'refinery = "0.8"', 'migrations/V1__a.sql': sql }, {}],
  ['sqlx migrations', { 'Cargo.toml': 'sqlx = "0.8"', 'migrations/1_a.up.sql': sql }, {}],
  [
    'golang-migrate db/migrations',
    { 'go.mod': 'github.com/golang-migrate/migrate/v4 v4.1', 'db/migrations/1_a.up.sql': sql },
    {},
  ],
  [
    'drizzle src/out',
    { 'drizzle.config.ts': "export default { out: './src/out' }", 'src/out/0000_a.sql': sql },
    {},
  ],
  [
    'diesel db/diesel',
    { 'diesel.toml': '[migrations_directory]\ndir = "db/diesel"', 'db/diesel/.keep': '' },
    {},
  ],
  ['atlas db/atlas', { 'atlas.hcl': 'dir = "file://db/atlas"', 'db/atlas/1_a.sql': sql }, {}],
  [
    'goose migrations',
    { 'atlas.hcl': 'dir = "file://migrations?format=goose"', 'migrations/1_a.sql': '-- +goose Up\n' },
    {},
  ],
  [
    'node-pg-migrate migrations',
    { 'package.json': '{"dependencies":{"node-pg-migrate":"8"}}', 'migrations/1_a.sql': sql },
    {},
  ],
  ['graphile-migrate db/gm', { '.gmrc': '{ "migrationsFolder": "./db/gm" }', 'db/gm/current.sql': sql }, {}],
  [
    'tern db',
    { 'db/tern.conf': '[database]', 'tern.conf': '[database]', 'db/001_a.sql': sql },
    { folder: 'db' },
  ],
  // What names tell.
  ['golang-migrate migrations', { 'migrations/1_a.up.sql': sql }, {}],
  ['flyway sql', { 'sql/V1__a.sql': sql }, {}],
  ['atlas migrations', { 'migrations/1_a.sql': sql, 'migrations/atlas.sum': '' }, {}],
  // What somebody says.
  ['goose services/api', { 'services/api/001_a.sql': '-- +goose Up\n' }, { folder: 'services/api' }],
  [
    'node-pg-migrate db/m',
    { 'package.json': '{"dependencies":{"node-pg-migrate":"8"}}', 'db/m/1_a.sql': sql },
    { folder: 'db/m' },
  ],
  [
    'plain db',
    { 'supabase/config.toml': '', 'supabase/migrations/1_a.sql': sql, 'db/1_a.sql': sql },
    { folder: 'db' },
  ],
  [
    'plain prisma/migrations',
    { 'prisma/migrations/1.sql': sql },
    { folder: 'prisma/migrations', layout: 'plain' },
  ],
  ['flyway migrations', { 'migrations/1_a.sql': '-- +goose Up\n' }, { layout: 'Flyway' }],
  // Nothing.
  ['plain migrations', { 'migrations/0001_a.sql': sql }, {}],
  ['plain db/migrations', { 'db/migrations/0001_a.sql': sql }, {}],
  ['plain migrations', {}, {}],
  ['schema db/structure.sql', { 'db/structure.sql': sql, 'db/migrate/1_a.rb': '' }, {}],
])('%s of %j and %j', async (expected, files, stated) => expect(await detect(files, stated)).toBe(expected));

describe('what a person has to decide', () => {
  test.each<[string, Files, Partial<Stated>]>([
    [
      'the migrations may be of several tools: drizzle (drizzle), supabase (supabase/migrations)',
      { 'drizzle/meta/_journal.json': '{}', 'supabase/migrations/1_a.sql': sql },
      {},
    ],
    ['there is no layout "flywy"', {}, { layout: 'flywy' }],
    [
      'flyway.conf names several folders of migrations: a, b',
      { 'flyway.conf': 'flyway.locations=filesystem:a,filesystem:b' },
      {},
    ],
  ])('%s', async (message, files, stated) => {
    await expect(detect(files, stated)).rejects.toMatchObject({ problems: [{ message }] });
  });

  test('an unknown layout comes with those that are known', async () => {
    const hint = `it can be ${tools.map(({ name }) => name).join(', ')}`;
    await expect(detect({}, { layout: 'x' })).rejects.toMatchObject({ problems: [{ hint }] });
  });

  test('one of several locations of Flyway is enough', async () => {
    const files = { 'flyway.conf': 'flyway.locations=filesystem:a,filesystem:b', 'a/V1__a.sql': sql };
    expect(await detect(files, { folder: 'a' })).toBe('flyway a');
  });
});

test.each<[string, Files, string]>([
  ['flyway', { 'flyway.conf': 'flyway.placeholders.owner=app' }, 'migrations/V1__a.sql'],
  ['flyway', { 'flyway.toml': '[flyway.placeholders]\nowner = "app"' }, 'migrations/V1__a.sql'],
  ['liquibase', { 'liquibase.properties': 'parameter.owner: app' }, 'migrations/a.sql'],
  ['tern', { 'tern.conf': '[data]\nowner = app' }, 'migrations/001_a.sql'],
  ['sqitch', { 'sqitch.conf': '[deploy "variables"]\n\towner = app' }, 'deploy/a.sql'],
  [
    'graphile-migrate',
    { '.gmrc': '{ "placeholders": { ":OWNER": "app" } }' },
    'migrations/committed/000001.sql',
  ],
])('%s has its own values of placeholders, before which ours come', async (layout, files, path) => {
  const spelled =
    { tern: '{{.owner}}', sqitch: ':owner', 'graphile-migrate': ':OWNER' }[layout] ?? '${owner}';
  const text = `${layout === 'liquibase' ? '--liquibase formatted sql\n--changeset a:1\n' : ''}SELECT ${spelled};`;
  const owners = async (placeholders: Readonly<Record<string, string>>) => {
    using project = new TestProject({ ...files, [path]: text });
    const detected = await detectLayout(project.root, { ...nothing, layout, placeholders });
    if (detected.kind === 'schema') throw new Error('no schema');
    const plan = layout === 'sqitch' ? [{ path: 'sqitch.plan', text: 'a 2026-01-01 x' }] : [];
    return detected.layout
      .order([...plan, { path, text }])
      .migrations.map((each) => /SELECT (\w+)/.exec(each.text)?.[1]);
  };
  expect(await owners({})).toEqual(['app']);
  expect(await owners({ owner: 'mine', OWNER: 'mine' })).toEqual(['mine']);
});
