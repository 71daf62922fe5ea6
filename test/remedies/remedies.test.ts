import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import { plain } from '../../src/migrations/layouts/plain.ts';
import { type Relations, readRelations } from '../../src/migrations/snapshot.ts';
import type { MigrationObservation } from '../../src/model/observation.ts';
import { run } from '../../src/remedies/outcome.ts';
import { findRemedies } from '../../src/remedies/remedies.ts';
import { verify } from '../../src/remedies/verify.ts';
import { parse } from '../../src/sql/grammar.ts';
import { statementsOf } from '../../src/sql/statements.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { type SizedTable, sizedTables } from '../../src/statistics/tables.ts';
import { migration } from '../support/migration.ts';
import { TestServer } from '../support/server.ts';
import { SharedSandbox } from '../support/shared-sandbox.ts';
import { cases } from './cases.ts';
import { estimateOf } from './estimate.ts';
import { fixture } from './fixture.ts';

const rowsAtProduction = 1_000_000;

describe.each([14, 16, 18])('PostgreSQL %i', (major) => {
  let server: TestServer;
  let tables: ReadonlyMap<string, SizedTable>;
  beforeAll(async () => {
    server = await TestServer.start(major);
    await server.sandbox.createDatabase('fixture');
    await using session = await server.sandbox.connect('fixture', 'owner');
    await session.script(fixture);
    const catalogue = await readCatalogue(session);
    tables = sizedTables(catalogue, productionSizes(catalogue, {}, rowsAtProduction));
  });
  afterAll(() => server[Symbol.asyncDispose]());

  let copies = 0;
  /** A sandbox with the fixture as its base. */
  async function sandboxWithBase(): Promise<SharedSandbox> {
    copies += 1;
    await server.sandbox.createDatabase(`copy_${copies}_base`, 'fixture');
    return new SharedSandbox(server.sandbox, `copy_${copies}`);
  }

  const estimate = (migrations: readonly MigrationObservation[]) => estimateOf(tables)(migrations);
  const shared = { base: 'base', layout: plain, rows: () => rowsAtProduction, estimate };

  /** Remedies of the last of some migrations, all of whose statements are hazards. */
  async function remedies(...texts: readonly string[]) {
    const migrations = texts.map((text, index) =>
      migration(text, index + 1, { path: `000${index + 1}_alter.sql`, version: `000${index + 1}` }),
    );
    const last = migrations.at(-1);
    const parsed = statementsOf(last?.text ?? '');
    const lines = parsed.kind === 'parsed' ? parsed.value : [];
    return findRemedies({
      ...shared,
      sandbox: await sandboxWithBase(),
      migrations,
      spans: [],
      hazards: new Map([[last?.path ?? '', lines]]),
    });
  }

  test.each(cases)('$sql', async ({ sql, files, since = 0 }) => {
    const { offered, rejected } = await remedies(`${sql};`);
    expect(rejected).toEqual([]);
    const written = offered.flatMap((remedy) => remedy.files.map(({ text }) => text));
    expect(written.map(condensed)).toEqual(major < since ? [] : (files ?? []));
    expect(written.map((text) => parse(text).kind)).toEqual(written.map(() => 'parsed'));
  });

  test('the effect is told in seconds at production size', async () => {
    const { offered } = await remedies('ALTER TABLE orders ADD CHECK (total > 0)');
    expect(offered[0]).toMatchObject({
      replaces: [{ path: '0001_alter.sql' }],
      title: 'Change the table in steps that keep nobody waiting for long',
      effect: { unit: 'seconds under a lock that others wait for, at most' },
    });
    const { before = 0, after = 0 } = offered[0]?.effect ?? {};
    expect(before).toBeGreaterThan(5 * after);
  });

  test('migrations of the change before it are run first, and no table of theirs counts', async () => {
    const { offered } = await remedies(
      'CREATE TABLE fresh (id int); ALTER TABLE orders ADD COLUMN code int;',
      'CREATE INDEX ON fresh (id); ALTER TABLE orders ADD CHECK (code > 0);',
    );
    expect(offered[0]?.files.map(({ path, text }) => [path, condensed(text)])).toEqual([
      [
        '0002_1_alter.sql',
        '~CREATE INDEX ON fresh (id);\nALTER TABLE public.orders ADD CONSTRAINT orders_code_check CHECK ((code > 0)) NOT VALID;',
      ],
      [
        '0002_2_validate_orders_code_check.sql',
        'ALTER TABLE public.orders VALIDATE CONSTRAINT orders_code_check;',
      ],
    ]);
  });

  test('nothing is offered for a migration that fails', async () => {
    expect(await remedies('ALTER TABLE orders ADD UNIQUE (state)')).toEqual({ offered: [], rejected: [] });
  });

  const check = 'ALTER TABLE orders ADD CONSTRAINT positive CHECK (total > 0)';
  const update = "UPDATE orders SET state = 'done'";
  test.each([
    [
      'leaves a constraint unchecked',
      check,
      [`${check} NOT VALID`],
      'constraint positive of public.orders is another',
    ],
    [
      'makes another constraint',
      check,
      [check.replace('0', '-1')],
      'constraint positive of public.orders is another',
    ],
    ['leaves something over', check, [check, 'CREATE TABLE rest ()'], 'table public.rest is left over'],
    [
      'forgets something',
      'DROP INDEX orders_state',
      ['SELECT 1'],
      'index public.orders_state of public.orders is left over',
    ],
    ['fails', check, [`${check} NOT VALID`, 'SELECT 1 / 0'], 'division by zero'],
    ['is no easier', check, [check], 'it is not easier on others'],
    [
      'is worse',
      'ALTER TABLE orders ADD c int',
      ['ALTER TABLE orders ADD c int', 'LOCK TABLE accounts'],
      'not easier',
    ],
    [
      'writes other values',
      update,
      [update.replace('done', 'gone')],
      'has other values in public.orders.state',
    ],
    ['leaves rows out', update, [`${update} WHERE id < 200`], 'has other values in public.orders.state'],
  ])('a form that %s is refused', async (_, original, wrong, reason) => {
    const sandbox = await sandboxWithBase();
    const existing = await relationsIn(sandbox);
    const trial = {
      ...shared,
      sandbox,
      template: 'base',
      database: 'wrong',
      existing,
      migrations: [migration(original)] as const,
      original: await run(sandbox, 'original', 'base', [migration(original)], existing),
    };
    const files = wrong.map((text, index) => ({ path: `000${index + 1}.sql`, text }));
    expect(await verify(trial, files)).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) });
  });
});

async function relationsIn(sandbox: SharedSandbox): Promise<Relations> {
  await using session = await sandbox.connect('base', 'owner');
  return await readRelations(session);
}

/** One line a statement; of a loop over batches, what it does. */
function condensed(text: string): string {
  return text
    .trim()
    .replace("SET LOCAL lock_timeout = '2s';\n", '~')
    .replace(/^DO \$\$\n[\s\S]*?\n +((?:UPDATE|DELETE) [^;]*;)\n[\s\S]*\nEND\n\$\$;$/, 'in batches: $1')
    .replace(
      /(?:\w+\.)?id >= batch_first AND (?:\w+\.)?id <= batch_last|ctid >= .* AND ctid < .*::tid/,
      'BATCH',
    );
}
