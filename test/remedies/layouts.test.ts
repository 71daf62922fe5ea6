import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findRemedies } from '../../src/remedies/remedies.ts';
import { layoutOf } from '../support/layout.ts';
import { TestServer } from '../support/server.ts';
import { SharedSandbox } from '../support/shared-sandbox.ts';
import { estimateOf } from './estimate.ts';
import { fixture } from './fixture.ts';

type Files = Readonly<Record<string, string>>;

const sql = 'ALTER TABLE orders ADD c int;\nCREATE INDEX c ON orders (c);\n';
const added = "SET LOCAL lock_timeout = '2s';\nALTER TABLE orders ADD c int;\n";
const built = 'CREATE INDEX CONCURRENTLY c ON public.orders USING btree (c);\n';

/** The folder of each tool, and the files that take the migration's place; none where the tool has no way. */
const folders: readonly (readonly [tool: string, folder: Files, files: Files])[] = [
  ['plain', { '7_x.sql': sql }, { '7_1_x.sql': added, '7_2_create_c.sql': built }],
  [
    'goose',
    { '00007_x.sql': `-- +goose Up\n${sql}` },
    {
      '00007_x.sql': `-- +goose Up\n${added}`,
      '00008_create_c.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n${built}`,
    },
  ],
  ['golang-migrate', { '7_x.up.sql': sql }, { '7_x.up.sql': added, '8_create_c.up.sql': built }],
  [
    'flyway',
    { 'V2__x.sql': sql },
    {
      'V2__x.sql': added,
      'V2.1__create_c.sql': built,
      'V2.1__create_c.sql.conf': 'executeInTransaction=false\n',
    },
  ],
  [
    'dbmate',
    { '20260102000000_x.sql': `-- migrate:up\n${sql}` },
    {
      '20260102000000_x.sql': `-- migrate:up\n${added}\n-- migrate:down\n`,
      '20260102000001_create_c.sql': `-- migrate:up transaction:false\n${built}\n-- migrate:down\n`,
    },
  ],
  [
    'diesel',
    { '2026-01-02-000000_x/up.sql': sql },
    {
      '2026-01-02-000000-1_x/up.sql': added,
      '2026-01-02-000000-2_create_c/up.sql': built,
      '2026-01-02-000000-2_create_c/metadata.toml': 'run_in_transaction = false\n',
    },
  ],
  ['sqlx', { '7_x.sql': sql }, { '7_x.sql': added, '8_create_c.sql': `-- no-transaction\n${built}` }],
  [
    'prisma',
    { '20260102000000_x/migration.sql': sql },
    { '20260102000000_1_x/migration.sql': added, '20260102000000_2_create_c/migration.sql': built },
  ],
  [
    'supabase',
    { '20260102000000_x.sql': sql },
    { '20260102000000_x.sql': added, '20260102000001_create_c.sql': built },
  ],
  [
    'sqitch',
    { 'sqitch.plan': 'x 2026-01-01 x\n', 'deploy/x.sql': `BEGIN;\n${sql}COMMIT;\n` },
    { 'deploy/x.sql': `BEGIN;\n${added}COMMIT;\n\n${built}` },
  ],
  [
    'liquibase',
    { 'b.sql': `--liquibase formatted sql\n--changeset ann:x\n${sql}` },
    {
      'b_b.sql': `--liquibase formatted sql\n\n--changeset ann:x-1\n${added}\n--changeset ann:x-2 runInTransaction:false\n${built}`,
    },
  ],
  [
    'atlas',
    { '20260102000000_x.sql': sql },
    {
      '20260102000000_x.sql': added,
      '20260102000001_create_c.sql': `-- atlas:txmode none\n\n${built}`,
    },
  ],
  [
    'tern',
    { '007_x.sql': sql },
    { '007_x.sql': added, '008_create_c.sql': `---- tern: disable-tx ----\n${built}` },
  ],
  ['refinery', { 'V7__x.sql': sql }, {}],
  ['drizzle', { '20260102000000_x/migration.sql': sql }, {}],
  ['node-pg-migrate', { '7_x.sql': `-- Up Migration\n${sql}` }, {}],
];

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
  await server.sandbox.createDatabase('fixture');
  await using session = await server.sandbox.connect('fixture', 'owner');
  await session.script(fixture);
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(folders)('%s', async (name, folder, expected) => {
  await server.sandbox.createDatabase(`${name}_base`, 'fixture');
  const layout = layoutOf(name);
  const files = Object.entries(folder).map(([path, text]) => ({ path: `db/${path}`, text }));
  const { migrations } = layout.order(files);
  const everyLine = Array.from({ length: 10 }, (_, line) => ({ line }));
  const { offered, rejected } = await findRemedies({
    sandbox: new SharedSandbox(server.sandbox, name),
    base: 'base',
    layout,
    migrations,
    spans: [],
    hazards: new Map(migrations.map(({ path }) => [path, everyLine])),
    rows: () => 1_000_000,
    estimate: estimateOf(new Map()),
  });
  const written = offered.flatMap((remedy) => remedy.files.map(({ path, text }) => [path.slice(3), text]));
  expect(Object.fromEntries(written)).toEqual(expected);
  expect(rejected.map(({ reason }) => reason)).toEqual(
    written.length === 0 ? ['its tool has no way to run it in transactions of its own'] : [],
  );
});
