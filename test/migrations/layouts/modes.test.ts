import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Files, reviewProject, TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

const table = 'CREATE TABLE a (id int, b int);';
const one = 'ALTER TABLE a ADD c int;';
const two = 'ALTER TABLE a ADD c int;\nALTER TABLE a ADD d int;';
const index = 'CREATE INDEX CONCURRENTLY a_b ON a (b);';
const refused = 'CREATE INDEX CONCURRENTLY cannot run inside a transaction block';

const journal = JSON.stringify({
  entries: [
    { idx: 0, tag: '0000_a' },
    { idx: 1, tag: '0001_b' },
  ],
});
const changeset = (attributes: string) => `--liquibase formatted sql\n--changeset ann:x ${attributes}\n`;
const header = '--! Previous: -\n--! Hash: x\n\n';

/** A tool, what the base has, what the change adds, and the transactions that it runs in or why it fails. */
const modes: readonly [tool: string, base: Files, added: Files, outcome: string][] = [
  ['plain', { '1_a.sql': table }, { '2_b.sql': two }, 'file'],
  ['plain', { '1_a.sql': table }, { '2_b.sql': index }, 'none'],
  ['goose', { '1_a.sql': `-- +goose Up\n${table}` }, { '2_b.sql': `-- +goose Up\n${two}` }, 'file'],
  ['goose', { '1_a.sql': `-- +goose Up\n${table}` }, { '2_b.sql': `-- +goose Up\n${index}` }, refused],
  [
    'goose',
    { '1_a.sql': `-- +goose Up\n${table}` },
    { '2_b.sql': `-- +goose NO TRANSACTION\n-- +goose Up\n${two}` },
    'statement',
  ],
  ['golang-migrate', { '1_a.up.sql': table }, { '2_b.up.sql': two }, 'file'],
  ['golang-migrate', { '1_a.up.sql': table }, { '2_b.up.sql': index }, 'none'],
  ['golang-migrate', { '1_a.up.sql': table }, { '2_b.up.sql': `${index}\n${two}` }, refused],
  ['flyway', { 'V1__a.sql': table }, { 'V2__b.sql': index }, 'none'],
  [
    'flyway',
    { 'V1__a.sql': table },
    { 'V2__b.sql': two, 'V2__b.sql.conf': 'executeInTransaction=false' },
    'statement',
  ],
  ['dbmate', { '1_a.sql': `-- migrate:up\n${table}` }, { '2_b.sql': `-- migrate:up\n${index}` }, refused],
  [
    'dbmate',
    { '1_a.sql': `-- migrate:up\n${table}` },
    { '2_b.sql': `-- migrate:up transaction:false\n${index}` },
    'none',
  ],
  [
    'dbmate',
    { '1_a.sql': `-- migrate:up\n${table}` },
    { '2_b.sql': `-- migrate:up transaction:false\n${one}\n${index}` },
    refused,
  ],
  ['diesel', { '1_a/up.sql': table }, { '2_b/up.sql': index }, refused],
  [
    'diesel',
    { '1_a/up.sql': table },
    { '2_b/up.sql': index, '2_b/metadata.toml': 'run_in_transaction = false' },
    'none',
  ],
  ['sqlx', { '1_a.sql': table }, { '2_b.sql': index }, refused],
  ['sqlx', { '1_a.sql': table }, { '2_b.sql': `-- no-transaction\n${index}` }, 'none'],
  [
    'sqlx',
    { '1_a.sql': table },
    { '2_b.sql': `-- no-transaction\n${one}\n/* sqlx: split */\n${index}` },
    'none',
  ],
  ['prisma', { '1_a/migration.sql': table }, { '2_b/migration.sql': index }, 'none'],
  ['prisma', { '1_a/migration.sql': table }, { '2_b/migration.sql': `${one}\n${index}` }, refused],
  [
    'drizzle',
    { '0000_a.sql': table, 'meta/_journal.json': journal },
    { '0001_b.sql': `${one}--> statement-breakpoint\n` },
    'deploy',
  ],
  ['drizzle', { '0000_a.sql': table, 'meta/_journal.json': journal }, { '0001_b.sql': index }, refused],
  ['supabase', { '1_a.sql': table }, { '2_b.sql': index }, 'none'],
  [
    'sqitch',
    { 'sqitch.plan': 'a 2026-01-01 x\nb 2026-01-01 x', 'deploy/a.sql': table },
    { 'deploy/b.sql': two },
    'statement',
  ],
  [
    'sqitch',
    { 'sqitch.plan': 'a 2026-01-01 x\nb 2026-01-01 x', 'deploy/a.sql': table },
    { 'deploy/b.sql': `BEGIN;\n${index}\nCOMMIT;` },
    refused,
  ],
  ['node-pg-migrate', { '1_a.sql': `-- Up Migration\n${table}` }, { '2_b.sql': two }, 'deploy'],
  ['liquibase', { '1.sql': changeset('') + table }, { '2.sql': changeset('') + index }, refused],
  [
    'liquibase',
    { '1.sql': changeset('') + table },
    { '2.sql': `${changeset('runInTransaction:false')}${one}\n${index}` },
    'none',
  ],
  ['atlas', { '1_a.sql': table }, { '2_b.sql': index }, refused],
  ['atlas', { '1_a.sql': table }, { '2_b.sql': `-- atlas:txmode none\n\n${one}\n${index}` }, 'none'],
  ['refinery', { 'V1__a.sql': table }, { 'V2__b.sql': index }, refused],
  ['tern', { '001_a.sql': table }, { '002_b.sql': index }, refused],
  ['tern', { '001_a.sql': table }, { '002_b.sql': `---- tern: disable-tx ----\n${one}\n${index}` }, 'none'],
  [
    'graphile-migrate',
    { 'committed/000001.sql': header + table },
    { 'committed/000002.sql': `${header}--! no-transaction\n${index}` },
    'none',
  ],
  [
    'graphile-migrate',
    { 'committed/000001.sql': header + table },
    { 'committed/000002.sql': header + index },
    refused,
  ],
];

function inFolder(files: Files): Files {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`db/${path}`, text]));
}

// How a tool wraps a migration does not depend on the server.
let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

test.each(modes)('%s: %j, then %j, is %s', async (layout, base, added, outcome) => {
  using project = new TestProject(inFolder({ ...base, ...added }));
  const review = await reviewProject(server.sandbox, project.root, {
    migrations: 'db',
    layout,
    comparison: { kind: 'named', files: Object.keys(added) },
  });
  const [run] = review?.migrations ?? [];
  const error = run?.statements.find((each) => each.error !== null)?.error?.message;
  expect(error ?? run?.transaction).toBe(outcome);
});
