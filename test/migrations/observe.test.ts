import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { observeChange } from '../../src/migrations/observe.ts';
import type { Wrapping } from '../../src/model/migration.ts';
import type { MigrationObservation } from '../../src/model/observation.ts';
import { migration } from '../support/migration.ts';
import { TestServer, testedVersions } from '../support/server.ts';

/** A table of 1,000 rows with a primary key, an index and a unique constraint, and tables around it. */
const fixture = `
  CREATE TABLE ref (id int PRIMARY KEY, v text);
  CREATE TABLE big (id int PRIMARY KEY, a int, b varchar(50), t timestamp, n numeric(10, 2), u text UNIQUE);
  CREATE INDEX big_a ON big (a);
  CREATE TABLE child (id int PRIMARY KEY, big_id int);
  CREATE TABLE part (id int, day date) PARTITION BY RANGE (day);
  CREATE TABLE part1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  INSERT INTO ref SELECT i, i FROM generate_series(1, 1000) AS i;
  INSERT INTO big SELECT i, i, i, now(), i, i FROM generate_series(1, 1000) AS i;
  INSERT INTO part SELECT i, '2026-02-02' FROM generate_series(1, 1000) AS i;
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major, 2_000);
    await server.sandbox.createDatabase('fixture');
    await using session = await server.sandbox.connect('fixture', 'owner');
    await session.script(fixture);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  let databases = 0;
  function observe(...texts: readonly string[]) {
    return observeAs('unknown', ...texts);
  }

  async function observeAs(
    wrapping: Wrapping,
    ...texts: readonly string[]
  ): Promise<readonly MigrationObservation[]> {
    databases += 1;
    await server.sandbox.createDatabase(`observe_${databases}`, 'fixture');
    return await observeChange(
      server.sandbox,
      `observe_${databases}`,
      texts.map((text, index) => migration(text, index + 1, { wrapping })),
    );
  }

  async function first(text: string) {
    const [migration] = await observe(text);
    const statement = migration?.statements[0];
    if (migration === undefined || statement === undefined) throw new Error('nothing was observed');
    const { locks, rewrites, scans, indexesBuilt } = statement;
    return {
      transaction: migration.transaction,
      outcome: statement.outcome.kind,
      locks: locks.map(({ relation, mode }) => `${relation.slice(7)} ${mode.slice(0, -4)}`).toSorted(),
      rewrites: rewrites.map((name) => name.slice(7)),
      scans: scans.map(({ relation, rows }) => `${relation.slice(7)} ${rows}`).toSorted(),
      built: indexesBuilt.map(({ index }) => index.slice(7)),
    };
  }

  const nothing = { transaction: 'file', outcome: 'done', rewrites: [], scans: [], built: [] };
  const exclusive = ['big AccessExclusive'];

  // Taken from a run on PostgreSQL 14 to 18; only the number of rows differs.
  test.each([
    ['ALTER TABLE big ADD COLUMN c int', { locks: exclusive }],
    ['ALTER TABLE big ADD COLUMN c timestamptz NOT NULL DEFAULT now()', { locks: exclusive }],
    [
      'ALTER TABLE big ADD COLUMN c uuid DEFAULT gen_random_uuid()',
      { locks: exclusive, rewrites: ['big'], scans: ['big 4000'] },
    ],
    ['ALTER TABLE big ADD COLUMN c serial', { locks: exclusive, rewrites: ['big'], scans: ['big 4000'] }],
    ['ALTER TABLE big ADD COLUMN c positive', { locks: exclusive, rewrites: ['big'], scans: ['big 4000'] }],
    [
      'ALTER TABLE big ADD COLUMN c int UNIQUE',
      { locks: exclusive, scans: ['big 1000'], built: ['big_c_key'] },
    ],
    ['ALTER TABLE big ADD COLUMN c int REFERENCES ref', { locks: [...exclusive, 'ref ShareRowExclusive'] }],
    ['ALTER TABLE big ALTER a SET NOT NULL', { locks: exclusive, scans: ['big 1000'] }],
    ['ALTER TABLE big ALTER b TYPE varchar(100)', { locks: exclusive }],
    [
      'ALTER TABLE big ALTER b TYPE varchar(20)',
      { locks: exclusive, rewrites: ['big'], scans: ['big 4000'] },
    ],
    ['ALTER TABLE big ALTER t TYPE timestamptz', { locks: exclusive }],
    [
      'ALTER TABLE big ALTER u TYPE text COLLATE "C"',
      { locks: exclusive, scans: ['big 1000'], built: ['big_u_key'] },
    ],
    ['ALTER TABLE big ADD CHECK (a > 0)', { locks: exclusive, scans: ['big 1000'] }],
    ['ALTER TABLE big ADD CHECK (a > 0) NOT VALID', { locks: exclusive }],
    [
      'ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES ref',
      { locks: ['big ShareRowExclusive', 'ref ShareRowExclusive'], scans: ['big 1000', 'ref 1000'] },
    ],
    ['ALTER TABLE big ADD UNIQUE (a)', { locks: exclusive, scans: ['big 1000'], built: ['big_a_key'] }],
    ['CREATE INDEX i ON big (b)', { locks: ['big Share'], scans: ['big 1000'], built: ['i'] }],
    [
      'CREATE INDEX i ON part (id)',
      { locks: ['part Share', 'part1 Share'], scans: ['part1 1000'], built: ['part1_id_idx'] },
    ],
    ['CREATE INDEX i ON ONLY part (id)', { locks: ['part Share'] }],
    ['REINDEX INDEX big_a', { locks: ['big Share'], scans: ['big 1000'], built: ['big_a'] }],
    ['DROP INDEX big_a', { locks: exclusive }],
    [
      'CREATE TABLE new (id int REFERENCES ref); CREATE INDEX ON new (id)',
      { locks: ['ref ShareRowExclusive'] },
    ],
    [
      "DO $$ BEGIN EXECUTE 'CREATE INDEX i ON big (b)'; END $$",
      { locks: ['big Share'], scans: ['big 1000'], built: ['i'] },
    ],
    [
      'CREATE INDEX CONCURRENTLY i ON big (b)',
      { transaction: 'none', locks: ['big ShareUpdateExclusive'], built: ['i'] },
    ],
    ['VACUUM FULL child', { transaction: 'none', locks: ['child AccessExclusive'], rewrites: ['child'] }],
  ])('%s', async (sql, expected) => expect(await first(sql)).toEqual({ ...nothing, ...expected }));

  test('what an earlier statement of the transaction holds is told', async () => {
    const [migration] = await observe(
      'ALTER TABLE big ADD CHECK (a > 0) NOT VALID;\nALTER TABLE child ADD c int;',
    );
    expect(migration?.statements[1]?.heldAtStart).toEqual([
      { relation: 'public.big', mode: 'AccessExclusiveLock' },
    ]);
    expect(migration?.statements.map(({ line }) => line)).toEqual([1, 2]);
  });

  test('tables that the change creates are nobody else’s', async () => {
    const [, second] = await observe(
      'CREATE TABLE new AS SELECT 1 AS id',
      'CREATE INDEX ON new (id); ALTER TABLE new ADD c uuid DEFAULT gen_random_uuid()',
    );
    expect(
      second?.statements.map(({ locks, rewrites, indexesBuilt }) => [locks, rewrites, indexesBuilt]),
    ).toEqual([
      [[], [], []],
      [[], [], []],
    ]);
  });

  test('a failing statement is told with its line, and rolls its migration back', async () => {
    const [migration] = await observe(
      'ALTER TABLE child ADD c int;\nALTER TABLE child\n  ADD d intt;\nSELECT 1;',
    );
    expect(migration?.statements[1]?.outcome).toMatchObject({
      kind: 'failed',
      line: 3,
      error: { sqlstate: '42704' },
    });
    expect(migration?.notRun.map(({ line }) => line)).toEqual([4]);
  });

  test('a deferred constraint fails at the commit', async () => {
    const [migration] = await observe(
      'ALTER TABLE child ADD FOREIGN KEY (big_id) REFERENCES big DEFERRABLE INITIALLY DEFERRED;\nINSERT INTO child VALUES (1, -1);',
    );
    expect(migration?.statements[1]?.outcome).toMatchObject({
      kind: 'failed',
      line: 2,
      error: { sqlstate: '23503' },
    });
  });

  test('a migration that ends its runner’s transaction is watched on', async () => {
    const [migration] = await observe('ALTER TABLE child ADD c int; COMMIT; DROP TABLE big;');
    expect(migration?.transaction).toBe('statement');
    expect(migration?.transactionEndedBy?.sql).toBe('COMMIT');
    expect(migration?.statements[2]?.locks).toContainEqual({
      relation: 'public.big',
      mode: 'AccessExclusiveLock',
    });
  });

  test('a migration may bring a transaction of its own', async () => {
    const [migration] = await observe('BEGIN; ALTER TABLE big ADD c int; COMMIT;');
    expect(migration?.transaction).toBe('file');
    expect(migration?.transactionEndedBy).toBeNull();
  });

  test('a concurrent build in a transaction of the migration fails as it would there', async () => {
    const [migration] = await observe('BEGIN; CREATE INDEX CONCURRENTLY i ON big (a); COMMIT;');
    expect(migration?.statements[1]?.outcome).toMatchObject({ kind: 'failed', error: { sqlstate: '25001' } });
  });

  test('beside a statement that refuses a transaction, others are still watched in theirs', async () => {
    const [migration] = await observe('CREATE INDEX CONCURRENTLY i ON big (b); CREATE INDEX j ON big (b);');
    expect(migration?.transaction).toBe('none');
    expect(migration?.statements[1]?.locks).toEqual([{ relation: 'public.big', mode: 'ShareLock' }]);
  });

  test('a procedure that commits refuses a transaction too', async () => {
    const [migration] = await observe(
      'DO $$ BEGIN UPDATE big SET a = 1; COMMIT; UPDATE big SET a = 2; END $$',
    );
    expect(migration?.transaction).toBe('none');
    expect(migration?.statements[0]?.outcome.kind).toBe('done');
  });

  test('a statement that does not end is stopped, and nothing after it is run', async () => {
    const observed = await observe('SELECT pg_sleep(1e6); SELECT 1', 'SELECT 2');
    expect(observed).toHaveLength(1);
    expect(observed[0]?.statements[0]?.outcome).toEqual({ kind: 'stopped', limitMs: 2_000 });
    expect(observed[0]?.notRun).toHaveLength(1);
  });

  test('a statement that ends its own connection fails', async () => {
    const [migration] = await observe('SELECT 1;\nSELECT pg_terminate_backend(pg_backend_pid());\nSELECT 2;');
    expect(migration?.statements[1]?.outcome).toMatchObject({
      kind: 'failed',
      line: 2,
      error: { sqlstate: '57P01' },
    });
    expect(migration?.notRun).toHaveLength(1);
  });

  test('settings of a migration change nothing about what is seen, and stay in effect', async () => {
    const [migration] = await observe(
      [
        'CREATE SCHEMA trap',
        'CREATE FUNCTION trap.never(oid, oid) RETURNS boolean LANGUAGE sql AS $$ SELECT false $$',
        'CREATE OPERATOR trap.= (LEFTARG = oid, RIGHTARG = oid, FUNCTION = trap.never)',
        'SET search_path = trap, pg_catalog',
        "SET lock_timeout = '2s'",
        'CREATE INDEX i ON public.big (b)',
        "DO $$ BEGIN ASSERT current_setting('lock_timeout') = '2s'; ASSERT current_setting('search_path') LIKE 'trap%'; END $$",
      ].join(';\n'),
    );
    expect(migration?.statements.map(({ outcome }) => outcome.kind)).not.toContain('failed');
    expect(migration?.statements[5]).toMatchObject({
      locks: [{ relation: 'public.big', mode: 'ShareLock' }],
      indexesBuilt: [{ index: 'public.i', relation: 'public.big' }],
    });
  });

  test.each([
    ['transaction', 'CREATE INDEX CONCURRENTLY i ON big (a)', 'file', ['25001']],
    ['one query', 'CREATE INDEX CONCURRENTLY i ON big (a)', 'none', [null]],
    ['one query', 'CREATE INDEX CONCURRENTLY i ON big (a); SELECT 1', 'file', ['25001']],
    ['statements', 'CREATE INDEX CONCURRENTLY i ON big (a); CREATE INDEX j ON big (a)', 'none', [null, null]],
    ['statements', 'CREATE INDEX i ON big (a); CREATE INDEX j ON big (a)', 'statement', [null, null]],
  ] as const)('as a tool that wraps in "%s" runs: %s', async (wrapping, text, transaction, errors) => {
    const [migration] = await observeAs(wrapping, text);
    expect(migration?.transaction).toBe(transaction);
    expect(
      migration?.statements.map(({ outcome }) => (outcome.kind === 'failed' ? outcome.error.sqlstate : null)),
    ).toEqual(errors);
  });

  test('one transaction for the whole deploy keeps the locks of every migration', async () => {
    const observed = await observeAs('deploy', 'ALTER TABLE big ADD c int', 'ALTER TABLE child ADD c int');
    const [first, second] = observed.flatMap(({ statements }) => statements);
    expect(second?.heldAtStart).toEqual([{ relation: 'public.big', mode: 'AccessExclusiveLock' }]);
    expect(second?.transaction).toBe(first?.transaction);
    expect(observed.map(({ transaction }) => transaction)).toEqual(['deploy', 'deploy']);
  });

  test('what was rolled back is not taken for what the next statement does', async () => {
    const [migration] = await observe(
      'BEGIN; ALTER TABLE big ADD c uuid DEFAULT gen_random_uuid(); ROLLBACK; ALTER TABLE big ADD d int;',
    );
    expect(migration?.statements.map(({ rewrites }) => rewrites)).toEqual([[], ['public.big'], [], []]);
  });

  test('what a transaction before has scanned and changed is not taken for what the next one does', async () => {
    const [, add, empty] = await observe(
      'UPDATE big SET a = a + 1; SELECT count(*) FROM ref;',
      'CREATE TABLE fresh (id int); ALTER TABLE big ADD COLUMN c int; ALTER TABLE ref ADD COLUMN c int;',
      'TRUNCATE big;',
    );
    for (const { changedRows, scans } of add?.statements ?? []) {
      expect({ changedRows, scans }).toEqual({ changedRows: [], scans: [] });
    }
    expect(empty?.statements[0]).toMatchObject({ rewrites: [], emptied: ['public.big'], changedRows: [] });
  });

  test('changed rows, emptied tables, settings and remarks are told', async () => {
    const [migration] = await observe(
      [
        "SET lock_timeout = '1500ms'",
        'UPDATE big SET a = a WHERE id <= 10',
        'DELETE FROM part',
        'TRUNCATE ref',
        'CREATE TABLE IF NOT EXISTS big ()',
      ].join(';\n'),
    );
    const [, update, remove, truncate, create] = migration?.statements ?? [];
    expect(update?.settings).toMatchObject({
      lockTimeoutMs: 1500,
      timeZone: 'UTC',
      transactionTimeoutMs: major < 17 ? null : 0,
    });
    expect(update?.changedRows).toEqual([
      { relation: 'public.big', inserted: 0, updated: 10, deleted: 0, of: 1000 },
    ]);
    expect(update?.walBytes).toBeGreaterThan(0);
    expect(remove?.changedRows).toEqual([
      { relation: 'public.part1', inserted: 0, updated: 0, deleted: 1000, of: 1000 },
    ]);
    expect(truncate).toMatchObject({ rewrites: [], emptied: ['public.ref'] });
    expect(create?.notices).toMatchObject([{ severity: 'NOTICE', sqlstate: '42P07' }]);
  });

  test('an index that nobody can look at is told', async () => {
    const [migration] = await observe('REINDEX INDEX big_a');
    expect(migration?.statements[0]?.indexLocks).toEqual([
      { index: 'public.big_a', relation: 'public.big', mode: 'AccessExclusiveLock' },
    ]);
  });
});
