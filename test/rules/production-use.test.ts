import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { runExample } from '../support/examples.ts';
import { counted, index, scanned } from '../support/scanned.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `
  CREATE TABLE customers (id bigint PRIMARY KEY);
  CREATE TABLE orders (id bigint PRIMARY KEY, email text, status text, customer_id bigint REFERENCES customers);
  CREATE INDEX orders_email ON orders (email);
  CREATE INDEX "Orders status" ON orders (status);
  CREATE INDEX orders_customer ON orders (customer_id);
  CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, kind text) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX events_kind ON events (kind);
`;

const email = (scans: number | null) => index('orders_email ON public.orders USING btree (email)', scans);
const status = (scans: number | null, pages?: number) =>
  index('"Orders status" ON public.orders USING btree (status)', scans, pages);
const customer = (scans: number | null) =>
  index('orders_customer ON public.orders USING btree (customer_id)', scans);
const partition = (name: string, scans: number) =>
  scanned(
    name,
    [index(`${name}_kind_idx ON public.${name} USING btree (kind)`, scans)],
    {},
    {
      parent: { schema: 'public', name: 'events' },
    },
  );

/** In a hundred days. */
const busy = [
  scanned('customers', [], { deleted: 1 }),
  scanned('orders', [email(30_000_000), status(0), customer(0)]),
  partition('events_1', 100_000),
  partition('events_2', 300_000),
];

describe.each(judgedVersions)('what production was seen to do, on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  function review(change: string, statistics: string, queries: string | null = null): Promise<Review> {
    return runExample(server.sandbox, {
      base,
      config: 'statistics: production.json\n',
      change: { 'migrations/0002_change.sql': change, 'production.json': statistics },
      queries,
    });
  }

  async function told(rule: string, change: string, statistics: string, queries: string | null = null) {
    const { insights } = await review(change, statistics, queries);
    return insights
      .filter((each) => each.rule === rule)
      .map(({ severity, origin, summary }) => `${severity} ${origin}: ${summary}`);
  }

  const dropped = (change: string, statistics: string, queries: string | null = null) =>
    told('migration/index-dropped-in-use', change, statistics, queries);

  const often = 'production scanned it 300,000 times a day until 2026-11-10';
  const onOrders = 'drops `public.orders_email` of `public.orders`';

  test.each<readonly [string, string, readonly string[]]>([
    ['one in use', 'DROP INDEX CONCURRENTLY orders_email;', [`high introduced: ${onOrders}; ${often}`]],
    ['one that nobody uses', 'DROP INDEX CONCURRENTLY "Orders status";', []],
    [
      'one with another that begins with its keys',
      'CREATE INDEX CONCURRENTLY wider ON orders (email, status);\nDROP INDEX CONCURRENTLY orders_email;',
      [`low introduced: ${onOrders}; ${often}; \`public.wider\` begins with its keys and can take its place`],
    ],
    [
      'one with another of other rows, or another operator class',
      `CREATE INDEX CONCURRENTLY partial ON orders (email) WHERE status = 'open';
       CREATE INDEX CONCURRENTLY patterns ON orders (email text_pattern_ops);
       DROP INDEX CONCURRENTLY orders_email;`,
      [`high introduced: ${onOrders}; ${often}`],
    ],
    [
      'one that is built anew',
      'DROP INDEX CONCURRENTLY orders_email;\nCREATE INDEX CONCURRENTLY again ON orders (email);',
      [],
    ],
    [
      'one whose table and name changed before',
      'ALTER TABLE orders RENAME TO sales;\nALTER INDEX orders_email RENAME TO mail;\nDROP INDEX mail;',
      [`high introduced: ${onOrders}; ${often}`],
    ],
    ['one that goes with its column', 'ALTER TABLE orders DROP COLUMN email;', []],
    ['one that goes with its table', 'DROP TABLE orders;', []],
    [
      'one of a partitioned table',
      'DROP INDEX events_kind;',
      [
        'medium introduced: drops `public.events_kind` of `public.events`; production scanned it 4,000 times a day until 2026-11-10',
      ],
    ],
  ])('an index is dropped: %s', async (_, change, expected) => {
    expect(await dropped(change, counted(busy))).toEqual(expected);
  });

  test('what captured queries and production say is one insight', async () => {
    const queries = '-- name: by_email\nSELECT id FROM orders ORDER BY email LIMIT 10;';
    const [insight, ...more] = await dropped('DROP INDEX CONCURRENTLY orders_email;', counted(busy), queries);
    expect(insight).toMatch(
      /^critical introduced: .*which captured queries use.*: by_email; production scanned/,
    );
    expect(more).toEqual([]);
  });

  test('counters of which nobody knows since when they count are not taken for more than they are', async () => {
    const drop = 'DROP INDEX CONCURRENTLY orders_email;';
    expect(await dropped(drop, counted(busy, { countersSince: null }))).toEqual([
      `medium introduced: ${onOrders}; production scanned it 30,000,000 times from an unknown day to 2026-11-10`,
    ]);
    const untold = [scanned('orders', [email(9e9)], { lastVacuum: null, lastAnalyze: null })];
    expect(await dropped(drop, counted(untold, { countersSince: null }))).toEqual([]);
    expect(await dropped(drop, counted([scanned('orders', [email(null)])]))).toEqual([]);
  });

  const harmless = 'ALTER TABLE customers ADD COLUMN note text;';
  const unused = (statistics: string) => told('schema/unused-index', harmless, statistics);
  const period = 'from 2026-08-02 to 2026-11-10';

  test('an index that nobody uses is told, with what it costs and how to drop it', async () => {
    const { insights } = await review(harmless, counted(busy));
    const found = insights.filter(({ rule }) => rule === 'schema/unused-index');
    expect(found.map(({ severity, origin, summary }) => `${severity} ${origin}: ${summary}`)).toEqual([
      `medium existing: production did not scan \`public.Orders status\` on \`public.orders\` once ${period}: it takes 1.53 GB, and 25,000 rows a day enter it`,
    ]);
    expect(found[0]?.remediation[0]?.text).toBe('DROP INDEX CONCURRENTLY public."Orders status";');
    expect(found[0]?.remediation.map(({ text }) => text).join()).toContain('Replicas have counters');
  });

  test('an index that finds what refers to deleted rows is left alone, or told without a way to drop it', async () => {
    const kept = [scanned('customers', []), scanned('orders', [email(1), status(1), customer(0)])];
    const { insights } = await review(harmless, counted(kept));
    const found = insights.filter(({ rule }) => rule === 'schema/unused-index');
    expect(found.map(({ severity, summary }) => `${severity} ${summary}`)).toEqual([
      expect.stringMatching(
        /^low .*it serves `orders_customer_id_fkey` if rows of `public\.customers` are deleted, which none was$/,
      ),
    ]);
    expect(found[0]?.remediation.map(({ kind }) => kind)).toEqual(['advice']);
  });

  test.each<readonly [string, string]>([
    ['of four pages', counted([scanned('orders', [status(0, 4)])])],
    ['after thirteen days', counted(busy, { countersSince: '2026-10-28T00:00:00Z' })],
    ['without counters', counted([scanned('orders', [status(null)])])],
    [
      'without a time',
      counted([scanned('orders', [status(0)], { lastVacuum: null, lastAnalyze: null })], {
        countersSince: null,
      }),
    ],
  ])('nothing is said of an index %s', async (_, statistics) => {
    expect(await unused(statistics)).toEqual([]);
  });

  test('nor of one that is new, in the place of one that was not scanned', async () => {
    const anew = `DROP INDEX CONCURRENTLY "Orders status";
      CREATE INDEX CONCURRENTLY orders_state ON orders (status);`;
    expect(await told('schema/unused-index', anew, counted(busy))).toEqual([]);
  });

  test('a table that few rows enter makes it a remark, and counters that were never reset are enough', async () => {
    const quiet = { inserted: 100_000, updated: 0, hotUpdated: 0 };
    expect(await unused(counted([scanned('orders', [status(0)], quiet)]))).toEqual([
      expect.stringMatching(/^low .* and 1,000 rows a day enter it$/),
    ]);
    const vacuumed = { lastVacuum: '2026-09-01T00:00:00Z' };
    const never = counted([scanned('orders', [status(0)], vacuumed)], { countersSince: null });
    expect(await unused(never)).toEqual([
      expect.stringMatching(/^low .* once from 2026-09-01 to 2026-11-10: it takes 1\.53 GB$/),
    ]);
  });

  test('of two alike, it is said which one production uses', async () => {
    const twice = counted([
      scanned('orders', [email(30_000_000), index('orders_email_2 ON public.orders USING btree (email)', 7)]),
    ]);
    const example = { base: `${base}CREATE INDEX orders_email_2 ON orders (email);`, queries: null };
    const { insights } = await runExample(server.sandbox, {
      ...example,
      config: 'statistics: production.json\n',
      change: { 'migrations/0002_change.sql': harmless, 'production.json': twice },
    });
    expect(insights.find(({ rule }) => rule === 'schema/duplicate-index')?.summary).toContain(
      `; ${period}, production scanned it 7 times, and \`public.orders_email\` 30,000,000 times`,
    );
  });

  test('a new index that production has already, and uses, has a reader', async () => {
    const add = 'CREATE INDEX CONCURRENTLY orders_email_status ON orders (email, status);';
    const query = 'SELECT id FROM orders WHERE id = $1;';
    const known = (scans: number) =>
      counted([
        scanned('orders', [email(1), index('by_hand ON public.orders USING btree (email, status)', scans)]),
      ]);
    expect(await told('schema/index-without-reader', add, known(0), query)).toHaveLength(1);
    expect(await told('schema/index-without-reader', add, known(5), query)).toEqual([]);
  });

  test('the tables of the change are told with what they go through, busiest first', async () => {
    const change = `ALTER TABLE events ADD COLUMN note text;
      ALTER TABLE orders RENAME TO sales;
      CREATE TABLE notes (id bigint PRIMARY KEY);`;
    const { production } = await review(change, counted(busy));
    expect(production).toMatchObject({ since: '2026-08-02T00:00:00Z', wasReset: true });
    const events = { sequentialScansPerDay: 2, indexScansPerDay: 4_000, lastVacuum: '2026-11-01T00:00:00Z' };
    expect(production?.tables).toEqual([
      expect.objectContaining({ table: 'public.orders', indexScansPerDay: 300_000 }),
      expect.objectContaining({ table: 'public.events', rows: 40_000_000, ...events }),
    ]);
    expect(production?.tables[0]?.indexes).toEqual([
      { name: 'public.orders_email', scans: 30_000_000, scansPerDay: 300_000 },
      { name: 'public.Orders status', scans: 0, scansPerDay: 0 },
      { name: 'public.orders_customer', scans: 0, scansPerDay: 0 },
    ]);
    expect(production?.tables[0]?.deadShare).toBeCloseTo(1 / 21);
    expect(
      (await review('CREATE TABLE notes (id bigint PRIMARY KEY);', counted(busy))).production,
    ).toBeNull();
  });
});
