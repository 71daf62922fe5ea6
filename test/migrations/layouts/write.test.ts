import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Layout, SourceFile } from '../../../src/model/change.ts';
import type { Draft, Migration } from '../../../src/model/migration.ts';
import { statementsOf } from '../../../src/sql/statements.ts';
import { layoutOf } from '../../support/layout.ts';

/** Three migrations of each tool, of which the second is replaced. */
const folders: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  plain: stamped((stamp) => `${stamp}_x.sql`),
  goose: stamped((stamp) => `${stamp}_x.sql`, '-- +goose Up\n'),
  'golang-migrate': stamped((stamp) => `${stamp}_x.up.sql`),
  flyway: { 'V1__x.sql': 'SELECT 1;', 'V2__x.sql': 'SELECT 2;', 'V3__x.sql': 'SELECT 3;' },
  dbmate: stamped((stamp) => `${stamp}_x.sql`, '-- migrate:up\n'),
  diesel: stamped((stamp) => `${stamp.replace(/(....)(..)(..)/, '$1-$2-$3-')}_x/up.sql`),
  sqlx: stamped((stamp) => `${stamp}_x.sql`),
  prisma: stamped((stamp) => `${stamp}_x/migration.sql`),
  supabase: stamped((stamp) => `${stamp}_x.sql`),
  sqitch: {
    'sqitch.plan': 'a 2026-01-01 x\nb 2026-01-01 x\nc 2026-01-01 x\n',
    'deploy/a.sql': 'SELECT 1;',
    'deploy/b.sql': 'SELECT 2;',
    'deploy/c.sql': 'SELECT 3;',
  },
  liquibase: Object.fromEntries(
    ['a', 'b', 'c'].map((name) => [
      `${name}.sql`,
      `--liquibase formatted sql\n--changeset ann:${name}\nSELECT 1;`,
    ]),
  ),
  atlas: stamped((stamp) => `${stamp}_x.sql`),
  tern: stamped((stamp) => `${stamp}_x.sql`),
  'graphile-migrate': stamped(
    (stamp) => `committed/${stamp}.sql`,
    '--! Previous: sha1:1\n--! Hash: sha1:2\n\n',
  ),
  refinery: stamped((stamp) => `V${stamp}__x.sql`),
  drizzle: stamped((stamp) => `${stamp}_x/migration.sql`),
  'node-pg-migrate': stamped((stamp) => `${stamp}_x.sql`, '-- Up Migration\n'),
};

function stamped(nameOf: (stamp: string) => string, before = ''): Readonly<Record<string, string>> {
  const stamps = ['20260101000000', '20260102000000', '20260103000000'];
  return Object.fromEntries(stamps.map((stamp) => [nameOf(stamp), `${before}SELECT 1;`]));
}

const statement = fc.constantFrom(
  'CREATE INDEX CONCURRENTLY orders_total ON orders (total)',
  'ALTER TABLE orders VALIDATE CONSTRAINT orders_total_check',
  "UPDATE orders SET note = 'a; b'\nWHERE note IS NULL",
  'CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  RETURN 1;\nEND\n$$',
);

const draft: fc.Arbitrary<Draft> = fc.record({
  title: fc.constantFrom('validate_orders_total_check', 'index_orders'),
  transaction: fc.constantFrom('one' as const, 'none' as const),
  statements: fc.array(statement, { minLength: 1, maxLength: 3 }),
});

const drafts = fc.array(draft, { minLength: 1, maxLength: 12 });

/** What runs in one transaction, in order. A script may begin and commit transactions itself. */
function transactionsOf({ text, wrapping }: Migration): readonly (readonly string[])[] {
  const statements = statementsOf(text);
  if (statements.kind === 'unreadable') throw new Error(statements.problem.message);
  const sql = statements.value.map((each) => each.sql);
  if (wrapping !== 'statements') return [sql];
  const groups: string[][] = [];
  let isOpen = false;
  for (const each of sql) {
    if (each === 'BEGIN') groups.push([]);
    else if (isOpen && each !== 'COMMIT') groups.at(-1)?.push(each);
    else if (each !== 'COMMIT') groups.push([each]);
    isOpen = each === 'BEGIN' || (isOpen && each !== 'COMMIT');
  }
  return groups;
}

/** A single statement is one transaction, wherever it stands, unless something wraps it. */
function isWrappedAs(migration: Migration, transaction: Draft['transaction']): boolean {
  return transaction === 'one' || migration.wrapping !== 'transaction';
}

function expected(list: readonly Draft[]): readonly (readonly string[])[] {
  return list.flatMap(({ transaction, statements }) =>
    transaction === 'one' ? [statements] : statements.map((each) => [each]),
  );
}

/** The folder after the second migration has been replaced. */
function replaced(layout: Layout, folder: Readonly<Record<string, string>>, list: readonly Draft[]) {
  const files: readonly SourceFile[] = Object.entries(folder).map(([path, text]) => ({
    path: `db/${path}`,
    text,
  }));
  const [before, instead, after] = layout.order(files).migrations;
  if (before === undefined || instead === undefined || after === undefined) throw new Error('three, please');
  const written = layout.write(list, instead);
  const rest = files.filter(({ path }) => path !== instead.path);
  const kept = rest.filter(({ path }) => written.every((file) => file.path !== path));
  return { before, after, written, migrations: layout.order([...kept, ...written]).migrations };
}

const byDeploy = ['drizzle', 'node-pg-migrate'];

describe.each(Object.entries(folders))('%s', (name, folder) => {
  const layout = layoutOf(name);

  test('writes what it reads: the same statements, wrapped as asked for, in place of the migration', () => {
    fc.assert(
      fc.property(drafts, (list) => {
        const { before, after, written, migrations } = replaced(layout, folder, list);
        if (written.length === 0) {
          const impossible = byDeploy.includes(name)
            ? list.length > 1 || list[0]?.transaction === 'none'
            : name === 'refinery' && list.some(({ transaction }) => transaction === 'none');
          expect(impossible).toBe(true);
          return;
        }
        expect(migrations.at(0)?.path).toBe(before.path);
        expect(migrations.at(-1)?.path).toBe(after.path);
        const between = migrations.slice(1, -1);
        expect(between.flatMap(transactionsOf)).toEqual(expected(list));
        const alone = new Set(list.flatMap((each) => (each.transaction === 'none' ? each.statements : [])));
        const shared = new Set(list.flatMap((each) => (each.transaction === 'one' ? each.statements : [])));
        for (const migration of between) {
          const [first = ''] = transactionsOf(migration).flat();
          if (alone.has(first) && !shared.has(first)) expect(isWrappedAs(migration, 'none')).toBe(true);
          if (shared.has(first) && !alone.has(first) && name !== 'sqitch') {
            expect(['transaction', 'one query', 'unknown', 'deploy']).toContain(migration.wrapping);
          }
        }
        expect(written.every(({ path }) => layout.isMigration(path.slice('db/'.length)))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

test('graphile-migrate: each file names the hash of the one before, and its own', () => {
  const layout = layoutOf('graphile-migrate');
  const list: readonly Draft[] = [
    { title: 'a', transaction: 'one', statements: ['SELECT 1'] },
    { title: 'b', transaction: 'none', statements: ['SELECT 2'] },
  ];
  const { written } = replaced(layout, folders['graphile-migrate'] ?? {}, list);
  // printf 'sha1:1\nSELECT 1;\n' | sha1sum
  const first = 'sha1:99481f477336b60693d48ff605a88bc080c53e09';
  expect(written.map(({ text }) => text)).toEqual([
    `--! Previous: sha1:1\n--! Hash: ${first}\n\nSELECT 1;\n`,
    expect.stringMatching(
      new RegExp(`^--! Previous: ${first}\n--! Hash: sha1:[0-9a-f]{40}\n\n--! no-transaction\n`),
    ),
  ]);
});
