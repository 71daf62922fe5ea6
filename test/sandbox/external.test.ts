import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { startExternal } from '../../src/sandbox/external/external.ts';
import { linesFor } from '../../src/sandbox/external/grow.ts';
import { LentServer } from '../support/lent-server.ts';
import { reviewAlone, reviewProject } from '../support/project.ts';
import { TestRepository } from '../support/repository.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const files = {
  'migrations/0001_base.sql': `
    CREATE ROLE reporting;
    CREATE TYPE state AS ENUM ('open', 'shipped');
    CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint REFERENCES customers, state state, note text);
    CREATE INDEX orders_customer ON orders (customer_id);
    CREATE INDEX orders_open ON orders (id) WHERE state = 'open';
    GRANT SELECT ON orders TO reporting;
    ALTER TABLE customers OWNER TO reporting;`,
  '.github/pg-guardrails.yml': `
tables:
  orders: { rows: 50M, columns: { state: { common: { shipped: 95% } } } }
  customers: { rows: 2M }
`,
};
const change = {
  'migrations/0002_change.sql':
    "DROP INDEX orders_customer; CREATE INDEX orders_note ON orders (note); UPDATE orders SET note = 'x';",
  'queries.sql': `
    SELECT * FROM orders WHERE customer_id = 5;
    SELECT * FROM orders o JOIN customers c ON c.id = o.customer_id WHERE o.state = 'open' ORDER BY c.email;`,
};

async function withChange<T>(work: (root: string) => Promise<T>): Promise<T> {
  using project = new TestRepository(files);
  project.write(change);
  return await work(project.root);
}

/** What a review says, without what differs from run to run. */
function said({ insights, queries, score }: Review) {
  return {
    score,
    insights: insights.map(({ rule, severity, confidence, origin, summary }) => ({
      rule,
      severity,
      confidence,
      origin,
      summary,
    })),
    queries: queries.map(({ base, head }) => ({ base, head })),
  };
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let lent: LentServer;
  beforeAll(async () => {
    lent = await LentServer.start(major);
  });
  afterAll(() => lent[Symbol.asyncDispose]());

  test('a superuser’s server gives the review of an embedded one, and is left as it was', async () => {
    await using own = await TestServer.start(major);
    const before = await lent.inventory();
    const external = await withChange((root) =>
      reviewAlone(root, { serverUrl: lent.url('superuser'), sandbox: 'external', workload: ['queries.sql'] }),
    );
    const embedded = await withChange((root) =>
      reviewProject(own.sandbox, root, { workload: ['queries.sql'] }),
    );
    if (external === null || embedded === null) throw new Error('nothing was reviewed');
    expect(external.postgres.sandbox).toBe('external');
    expect(said(external)).toEqual(said(embedded));
    expect(external.unchecked).toEqual(embedded.unchecked);
    expect(await lent.inventory()).toEqual(before);
  });

  test('a role that may only create databases gets a review that says what it rests on', async () => {
    const before = await lent.inventory();
    using project = new TestRepository({
      ...files,
      'migrations/0001_base.sql': files['migrations/0001_base.sql'].replace(/.*reporting;\n?/g, ''),
    });
    project.write(change);
    const review = await reviewAlone(project.root, {
      serverUrl: lent.url('creator'),
      sandbox: 'external',
      workload: ['queries.sql'],
    });
    expect(review?.unchecked).toEqual([
      { subject: 'role lent_creator', reason: expect.stringMatching(/^migrations were run as this role/) },
      {
        subject: 'plans',
        reason: expect.stringMatching(major === 18 ? /not how large its files/ : /almost empty/),
      },
    ]);
    const byRule = new Map(review?.insights.map((each) => [each.rule, each]));
    const reading = review?.insights.filter(({ rule }) => rule === 'query/rows-read') ?? [];
    expect(new Set(reading.map(({ confidence }) => confidence))).toEqual(
      new Set(['planned without production size']),
    );
    expect(Math.max(...reading.map(({ evidence }) => Number(evidence.facts['rows'])))).toBe(50e6);
    expect(byRule.get('migration/blocking-index-build')?.confidence).toBe('observed');
    // With statistics, the query on an index that is lost costs what it does in production, but for the pages.
    const costs = review?.queries.map(({ base, head }) => [base?.cost ?? 0, head?.cost ?? 0]);
    const [[base = 0, head = 0] = []] = costs ?? [];
    expect(head > 1000 * base).toBe(major === 18);
    expect(await lent.inventory()).toEqual(before);
  });

  test('queries are executed on the database that the URL names, which stays as it is', async () => {
    await lent.createDatabase('staging');
    await using staging = await lent.connect('staging');
    await staging.script(`
      CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, state text, note text);
      INSERT INTO orders SELECT n, n % 10, 'open', 'n' FROM generate_series(1, 30000) AS n;
      GRANT SELECT ON orders TO lent_creator;
      ALTER DATABASE staging SET work_mem = '64kB'`);
    for (const role of ['superuser', 'creator'] as const) {
      using project = new TestRepository({
        'migrations/0001_base.sql':
          'CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, state text, note text);',
      });
      project.write({
        'migrations/0002_change.sql': 'ALTER TABLE orders ADD placed timestamptz;',
        '.github/pg-guardrails.yml':
          'thresholds: { query/temporary-files: { low: 1 } }\ntables: { orders: { rows: 10 } }',
        'queries.sql': `
          SELECT * FROM orders WHERE state = 'open' AND customer_id < 9;
          SELECT * FROM orders ORDER BY customer_id, id;
          SELECT placed FROM orders;
          UPDATE orders SET note = 'x';
          SELECT nextval('numbers');`,
      });
      const review = await reviewAlone(project.root, {
        serverUrl: lent.url(role, 'staging'),
        sandbox: 'external',
        workload: ['queries.sql'],
        execute: true,
      });
      const found = review?.insights.find(({ rule }) => rule === 'query/row-estimate-off');
      expect(found).toMatchObject({
        confidence: 'observed',
        origin: 'existing',
        evidence: { facts: { actual: 27_000 } },
      });
      const spilt = review?.insights.filter(({ rule }) => rule === 'query/temporary-files');
      expect(spilt).toMatchObject([{ confidence: 'observed', evidence: { facts: { node: 'Sort' } } }]);
      const notExecuted = review?.unchecked.filter(({ reason }) =>
        reason.startsWith('not executed on staging'),
      );
      expect(notExecuted?.map(({ reason }) => reason.slice('not executed on staging: '.length))).toEqual([
        'column "placed" does not exist',
        'it is no SELECT',
        'it calls nextval, which may do more than compute a value',
      ]);
    }
    expect(await staging.query('SELECT count(*)::int AS rows, max(note) AS note FROM orders')).toEqual([
      { rows: 30_000, note: 'n' },
    ]);
    await staging[Symbol.asyncDispose]();
    await lent.control.query('DROP DATABASE staging');
  });

  test('a base that fails leaves nothing behind', async () => {
    const before = await lent.inventory();
    for (const role of ['superuser', 'creator'] as const) {
      using project = new TestRepository({
        'migrations/0001_base.sql': 'CREATE TABLE t (id int); DROP TABLE nope;',
      });
      project.write({ 'migrations/0002_change.sql': 'SELECT 1;' });
      const failed = reviewAlone(project.root, { serverUrl: lent.url(role), sandbox: 'external' });
      await expect(failed).rejects.toThrow('a migration of the base fails');
    }
    expect(await lent.inventory()).toEqual(before);
  });

  test('SQL under review is no superuser, and does not become one through what is read of it', async () => {
    const before = await lent.inventory();
    // The trigger runs as whoever truncates; the functions stand where a careless search path would find them.
    const hostile = `
      CREATE SCHEMA trap;
      CREATE FUNCTION trap.note_who() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
        IF current_setting('is_superuser') = 'on' THEN ALTER ROLE lent_nobody CREATEDB; END IF; END $$;
      CREATE FUNCTION trap.unnest(oid[]) RETURNS SETOF oid LANGUAGE plpgsql AS $$ BEGIN
        PERFORM trap.note_who(); RETURN QUERY SELECT pg_catalog.unnest($1); END $$;
      CREATE FUNCTION trap.pg_relation_filepath(oid) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
        PERFORM trap.note_who(); RETURN 'base'; END $$;
      CREATE FUNCTION trap.open(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN
        PERFORM trap.note_who(); RETURN $1 = 'open'; END $$;
      CREATE DOMAIN trap.state AS text CHECK (trap.open(VALUE) IS NOT NULL);
      CREATE TYPE trap.pair AS (state trap.state);
      CREATE TABLE t (id int PRIMARY KEY, state trap.state, states trap.state[], pair trap.pair, doc jsonb);
      CREATE INDEX t_open ON t (id) WHERE trap.open('open');
      CREATE FUNCTION trap.on_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        PERFORM trap.note_who(); RETURN NULL; END $$;
      CREATE TRIGGER t_truncate AFTER TRUNCATE ON t EXECUTE FUNCTION trap.on_truncate();
      DO $$ BEGIN
        EXECUTE format('ALTER DATABASE %I SET search_path = trap, public, pg_catalog', current_database());
      END $$;`;
    using project = new TestRepository({
      'migrations/0001_base.sql': hostile,
      '.github/pg-guardrails.yml':
        'tables: { t: { rows: 5M, columns: { state: { common: { open: 50% } }, states: { common: { "{open}": 50% } }, pair: { common: { (open): 50% } } } } }',
    });
    project.write({
      'migrations/0002_change.sql':
        'ALTER TABLE public.t ADD n int NOT NULL DEFAULT 3; UPDATE public.t SET n = (SELECT count(*) FROM jsonb_array_elements(doc));',
      'queries.sql': "SELECT * FROM public.t WHERE state = 'open';",
    });
    const review = await reviewAlone(project.root, {
      serverUrl: lent.url('superuser'),
      sandbox: 'external',
      workload: ['queries.sql'],
    });
    expect(review?.queries.map(({ head }) => head !== null)).toEqual([true]);
    const [nobody] = await lent.control.query(
      `SELECT rolcreatedb FROM pg_roles WHERE rolname = 'lent_nobody'`,
    );
    expect(nobody).toEqual({ rolcreatedb: false });
    expect(review?.unchecked.map(({ subject }) => subject)).toEqual([
      'public.t',
      'statistics of public.t.states',
      'statistics of public.t.pair',
    ]);
    expect(await lent.inventory()).toEqual(before);
  });

  test('what a run left behind that was killed is dropped by the next', async () => {
    const before = await lent.inventory();
    await lent.control.script('CREATE ROLE guardrails_0123456789');
    await lent.control.query('CREATE DATABASE guardrails_0123456789_base OWNER guardrails_0123456789');
    await lent.control.query('CREATE DATABASE guardrails_0123456789');
    await using _server = await startExternal({
      url: lent.url('superuser'),
      limitMs: 1_000,
      signal: new AbortController().signal,
    });
    expect((await lent.inventory()).databases).toEqual(
      [...before.databases, 'guardrails_0123456789'].toSorted(),
    );
    await lent.control.query('DROP DATABASE guardrails_0123456789');
  });

  test('who creates roles waits for others that do', async () => {
    const start = (role: 'superuser' | 'creator') =>
      startExternal({ url: lent.url(role), limitMs: 1_000, signal: new AbortController().signal });
    const order: string[] = [];
    const first = await start('superuser');
    const second = start('superuser').then(async (server) => {
      order.push('second began');
      await server[Symbol.asyncDispose]();
    });
    await using _creator = await start('creator');
    order.push('first ended');
    await first[Symbol.asyncDispose]();
    await second;
    expect(order).toEqual(['first ended', 'second began']);
  });

  test('an interruption ends what runs, and drops everything', async () => {
    const before = await lent.inventory();
    for (const role of ['superuser', 'creator'] as const) {
      const abort = new AbortController();
      const server = await startExternal({ url: lent.url(role), limitMs: 60_000, signal: abort.signal });
      await server.createDatabase('base');
      await server.createDatabase('clone', 'base');
      const session = await server.connect('clone', 'owner');
      const sleeping = session.query('SELECT pg_sleep(1000)');
      abort.abort();
      await expect(sleeping).rejects.toThrow();
      await expect(server.createDatabase('late')).rejects.toThrow();
      await session[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
      expect(await lent.inventory()).toEqual(before);
    }
  });

  test('the watchdog ends statements that lift their own limit', async () => {
    for (const role of ['superuser', 'creator'] as const) {
      const signal = new AbortController().signal;
      await using server = await startExternal({ url: lent.url(role), limitMs: 300, signal });
      await server.createDatabase('base');
      await using session = await server.connect('base', 'owner');
      await session.script('SET statement_timeout = 0');
      await expect(session.query('SELECT pg_sleep(1000)')).rejects.toThrow('stopped after 0.3 s');
    }
  });
});

test('relations of terabytes, and in tablespaces, are lines of few calls', () => {
  const lines = linesFor([
    { path: 'base/5/16384', bytes: 2 * 1024 ** 4 },
    { path: 'pg_tblspc/16400/PG_18_202506291/5/16390', bytes: 8192 },
  ]);
  expect(lines).toHaveLength(6);
  expect(lines[0]).toMatch(/^1073741824 base\/5\/16384 base\/5\/16384\.1 /);
  expect(lines.join(' ').match(/base\/5\/16384\b/g)).toHaveLength(2048);
  expect(lines.at(-1)).toBe('8192 pg_tblspc/16400/PG_18_202506291/5/16390');
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(20_000);
  expect(() => linesFor([{ path: 'base/5/$(id)', bytes: 1 }])).toThrow('no path of a relation');
});
