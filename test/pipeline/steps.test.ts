import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { ProductionStatistics } from '../../src/model/production.ts';
import type { Review } from '../../src/model/review.ts';
import { production } from '../statistics/production.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `
  CREATE TABLE audits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    auditable_type text NOT NULL,
    auditable_id bigint NOT NULL,
    version int NOT NULL,
    changes jsonb NOT NULL
  );
  CREATE INDEX audits_auditable ON audits (auditable_type, auditable_id);
  CREATE TABLE notes (id bigint PRIMARY KEY, author bigint NOT NULL, place int);
  ALTER TABLE notes ADD CONSTRAINT notes_author UNIQUE (author, id);
  CREATE TABLE events (kind int NOT NULL, at timestamptz NOT NULL) PARTITION BY RANGE (at);
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE events_2027 PARTITION OF events FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
  CREATE INDEX events_kind ON events (kind, at);`;

const drop = 'DROP INDEX audits_auditable;';
const create =
  'CREATE INDEX CONCURRENTLY audits_auditable_version ON audits (auditable_type, auditable_id, version);';

/** Every audited write first reads the latest version: 50 times a second, over 20 seconds. */
const captured = Array.from({ length: 21 }, (_, second) => [
  {
    sql: 'SELECT max(version) FROM audits WHERE auditable_id = $1 AND auditable_type = $2',
    params: [17, 'Order'],
    route: 'latest version',
    calls: second === 20 ? 0 : 50,
    startedAt: second * 1000,
  },
  { sql: 'SELECT id FROM notes WHERE author = $1', params: [3], route: 'notes', startedAt: second * 1000 },
  {
    sql: 'SELECT max(at) FROM events WHERE kind = $1',
    params: [3],
    route: 'events',
    startedAt: second * 1000,
  },
]).flat();

const config = `
pool: 20
workload: [captured.ndjson]
tables:
  audits: { rows: 40M, columns: { auditable_type: { distinct: 12 }, auditable_id: { distinct: 8M } } }
  notes: { rows: 30M, columns: { author: { distinct: 1M } } }
  events: { rows: 60M }`;

/** What review.json says of the gap. */
function gapsOf(review: Review) {
  return review.insights.filter(({ rule }) => rule === 'migration/plan-gap');
}

function factsOf(review: Review) {
  return gapsOf(review).map(({ evidence }) => evidence.facts);
}

describe.each(judgedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** @param texts of the migrations that the change adds, in their order */
  async function reviewed(
    texts: readonly string[],
    workload: readonly object[] = captured,
    schema = base,
    statistics: ProductionStatistics | null = null,
  ): Promise<Review> {
    const added = texts.map((text, index) => [`migrations/${index + 2}_change.sql`, text] as const);
    using project = new TestProject({
      '.github/pg-guardrails.yml': config,
      'captured.ndjson': workload.map((line) => JSON.stringify(line)).join('\n'),
      'migrations/1_base.sql': schema,
      ...(statistics === null ? {} : { 'statistics.json': JSON.stringify(statistics) }),
      ...Object.fromEntries(added),
    });
    const comparison = { kind: 'named', files: added.map(([path]) => path) } as const;
    const review = await reviewProject(server.sandbox, project.root, {
      comparison,
      statistics: statistics === null ? null : 'statistics.json',
    });
    if (review === null) throw new Error('nothing was reviewed');
    return review;
  }

  test('an index that is dropped before its successor is built leaves a query without any', async () => {
    const review = await reviewed([drop, create]);
    const [gap, ...others] = gapsOf(review);
    expect(others).toEqual([]);
    expect(gap).toMatchObject({
      severity: 'critical',
      confidence: 'planned at production size',
      origin: 'introduced',
      location: { file: 'migrations/2_change.sql', line: 1 },
    });
    const facts = gap?.evidence.facts ?? {};
    expect(facts).toMatchObject({
      index: 'public.audits_auditable',
      successor: 'public.audits_auditable_version',
      table: 'public.audits',
      query: 'latest version',
      callsPerSecond: 50,
      pool: 20,
    });
    expect(facts['before']).toBeLessThan(1_000);
    expect(facts['after']).toBeLessThan(100);
    expect(facts['during']).toBeGreaterThan(400_000);
    // Several GB, read 50 times a second at 800 MB a second at the most.
    expect(facts['connectionsLow']).toBeGreaterThan(100);
    expect(facts['high']).toBeGreaterThan(60);
    expect(gap?.evidence.scans).toMatchObject([
      { table: 'public.audits', index: null, rowsRead: 40_000_000 },
    ]);
    expect(gap?.summary).toMatch(
      /50 calls a second then keep [\d,]+ to [\d,]+ connections busy instead of less than 1, of a pool of 20$/,
    );
    expect(review.insights.map(({ rule }) => rule)).toContain('migration/blocking-index-drop');
    expect(review.unchecked).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['the successor is built first', [create, drop]],
    [
      'it is built first and takes the name',
      [`${create}\n${drop}\nALTER INDEX audits_auditable_version RENAME TO audits_auditable;`],
    ],
    ['both are one transaction', [`${drop} ${create.replace('CONCURRENTLY ', '')}`]],
    [
      'what is built is built on another table',
      [drop, 'CREATE INDEX CONCURRENTLY more ON notes (id, author);'],
    ],
    [
      'the index was one of the change',
      ['CREATE INDEX passing ON audits (auditable_id);', 'DROP INDEX passing;', create],
    ],
    ['building it fails', [drop, create.replace('version);', 'missing);')]],
    ['the index was dropped and the transaction rolled back', [`BEGIN; ${drop} ROLLBACK;`, create]],
    ['nobody asked for the index', ['ALTER TABLE audits DROP CONSTRAINT audits_pkey;', create]],
  ])('no gap: %s', async (_, change) => {
    expect(factsOf(await reviewed(change))).toEqual([]);
  });

  test.each<[string, readonly string[]]>([
    ['statements of one file that cannot be in a transaction', [`${drop}\n${create}`]],
    [
      'transactions of one file',
      [`BEGIN; ${drop} COMMIT; BEGIN; ${create.replace('CONCURRENTLY ', '')} COMMIT;`],
    ],
    ['a concurrent drop', [drop.replace('INDEX', 'INDEX CONCURRENTLY'), create]],
    ['a migration in between', [drop, 'ALTER TABLE notes ADD COLUMN at timestamptz;', create]],
    ['dropped within a block', [`DO $$ BEGIN EXECUTE '${drop}'; END $$;`, create]],
    [
      'another index is built first',
      [drop, 'CREATE INDEX CONCURRENTLY on_changes ON audits (version);', create],
    ],
    [
      'another one is dropped after it',
      [
        drop,
        'ALTER TABLE notes DROP CONSTRAINT notes_pkey;',
        'ALTER TABLE audits DROP CONSTRAINT audits_pkey;',
        create,
        'CREATE INDEX notes_place ON notes (place);',
      ],
    ],
  ])('a gap: %s', async (_, change) => {
    expect(factsOf(await reviewed(change))).toEqual([
      expect.objectContaining({
        index: 'public.audits_auditable',
        successor: 'public.audits_auditable_version',
        query: 'latest version',
      }),
    ]);
  });

  test('an index that goes with its constraint', async () => {
    const change = [
      'ALTER TABLE notes DROP CONSTRAINT notes_author;',
      'CREATE INDEX CONCURRENTLY notes_author ON notes (author, place);',
    ];
    expect(factsOf(await reviewed(change))).toMatchObject([
      {
        index: 'public.notes_author',
        successor: 'public.notes_author',
        table: 'public.notes',
        query: 'notes',
      },
    ]);
  });

  test('the index of a partitioned table is told once', async () => {
    const change = [
      'DROP INDEX events_kind;',
      'CREATE INDEX CONCURRENTLY ON events_2026 (kind, at DESC);',
      'CREATE INDEX CONCURRENTLY ON events_2027 (kind, at DESC);',
    ];
    const [facts, ...others] = factsOf(await reviewed(change));
    expect(others).toEqual([]);
    expect(facts).toMatchObject({
      index: 'public.events_kind',
      table: 'public.events',
      rows: 60_000_000,
      query: 'events',
    });
    expect(facts?.['connectionsHigh']).toBeGreaterThan(10);
  });

  test('without a capture that tells its times, the costs are told and no connections', async () => {
    const [latest] = captured;
    const [gap] = gapsOf(await reviewed([drop, create], [{ ...latest, startedAt: undefined }]));
    expect(gap?.evidence.facts).toMatchObject({ callsPerSecond: null, connectionsHigh: null, pool: null });
    expect(gap?.summary).toMatch(/40,000,000 rows\)$/);
  });

  test('production tells how often it is asked, and what share of its time that takes', async () => {
    const [latest] = captured;
    const statistics = production({
      takenAt: '2026-06-01T01:00:00Z',
      queriesSince: '2026-06-01T00:00:00Z',
      queries: [
        {
          sql: 'SELECT max(version) FROM audits WHERE auditable_id = $1 AND auditable_type = $2',
          calls: 72_000,
          totalMs: 36_000,
          rows: 72_000,
        },
        { sql: 'SELECT id FROM notes', calls: 1, totalMs: 264_000, rows: 1 },
      ],
    });
    const review = await reviewed([drop, create], [{ ...latest, startedAt: undefined }], base, statistics);
    expect(factsOf(review)).toMatchObject([{ callsPerSecond: 20, pool: 20 }]);
    expect(review.queries.map(({ time }) => time)).toEqual([
      {
        captured: null,
        production: { milliseconds: 36_000, share: 0.12, calls: 72_000, callsPerSecond: 20 },
      },
    ]);
  });

  test('what is lost for good is no gap', async () => {
    const review = await reviewed([drop, 'CREATE INDEX CONCURRENTLY on_version ON audits (version);']);
    expect(gapsOf(review)).toEqual([]);
    expect(review.insights.map(({ rule }) => rule)).toContain('query/lost-index');
  });

  test('no more than twelve steps are planned; the others are named', async () => {
    const names = Array.from({ length: 14 }, (_, index) => `index_${index}`);
    const indexes = names.map((name) => `CREATE INDEX ${name} ON audits (auditable_id) INCLUDE (version);`);
    const drops = names.map((name) => `DROP INDEX ${name};`);
    const review = await reviewed([...drops, create], captured, base + indexes.join('\n'));
    expect(review.unchecked).toEqual(
      ['14', '15'].map((version) => ({
        subject: `migrations/${version}_change.sql:1`,
        reason: expect.stringContaining('the first 12'),
      })),
    );
  });

  /** What fails in between, by its facts. */
  async function failures(change: readonly string[], queries: readonly object[], schema = base) {
    const review = await reviewed(change, queries, schema);
    return review.insights
      .filter(({ rule }) => rule === 'migration/query-fails-in-between')
      .map(({ evidence, location, severity, services }) => ({
        ...evidence.facts,
        file: location?.file,
        severity,
        services,
      }));
  }

  const unique = `${base}
    CREATE TABLE stock (warehouse int NOT NULL, product bigint NOT NULL, quantity int NOT NULL);
    CREATE UNIQUE INDEX stock_once ON stock (warehouse, product);
    CREATE VIEW low AS SELECT warehouse, product FROM stock WHERE quantity < 5;
    CREATE FUNCTION needed(product bigint) RETURNS bigint LANGUAGE sql STABLE
      AS 'SELECT count(*) FROM low WHERE low.product = needed.product';`;
  const upsert = {
    sql: 'INSERT INTO stock VALUES ($1, $2, $3) ON CONFLICT (warehouse, product) DO UPDATE SET quantity = excluded.quantity',
    params: [1, 2, 3],
    route: 'upsert',
    service: 'warehouse',
  };

  test('a query fails while the unique index is away that it goes by', async () => {
    const [failure, ...others] = await failures(
      [
        'DROP INDEX stock_once;',
        'CREATE UNIQUE INDEX CONCURRENTLY stock_again ON stock (product, warehouse);',
      ],
      [upsert],
      unique,
    );
    expect(others).toEqual([]);
    expect(failure).toMatchObject({
      query: 'upsert (warehouse)',
      services: ['warehouse'],
      sqlstate: '42P10',
      file: 'migrations/2_change.sql',
      until: 'migrations/3_change.sql:1',
      callsPerSecond: null,
    });
    // The build reads the table twice.
    expect(failure).toMatchObject({ high: expect.any(Number), severity: 'high' });
  });

  test.each<[string, readonly string[], string, string]>([
    [
      'a view',
      [
        'DROP VIEW low CASCADE;',
        'CREATE VIEW low AS SELECT warehouse, product FROM stock WHERE quantity < 9;',
      ],
      'SELECT product FROM low WHERE warehouse = 4',
      'relation "low" does not exist',
    ],
    [
      'a column',
      [
        'ALTER TABLE stock RENAME quantity TO pieces;',
        'ALTER TABLE notes ADD COLUMN at timestamptz;',
        'ALTER TABLE stock ADD COLUMN quantity int GENERATED ALWAYS AS (pieces) STORED;',
      ],
      'SELECT product FROM stock WHERE quantity = 0',
      'column "quantity" does not exist',
    ],
    [
      'a table',
      ['ALTER TABLE stock RENAME TO stock_old;', 'ALTER TABLE stock_old RENAME TO stock;'],
      'SELECT product FROM stock WHERE quantity = 0',
      'relation "stock" does not exist',
    ],
    [
      'a function',
      [
        'DROP FUNCTION needed(bigint);',
        "CREATE FUNCTION needed(bigint) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';",
      ],
      'SELECT needed(5)',
      'function needed(integer) does not exist',
    ],
    [
      'a function with another of its name beside it',
      [
        "CREATE FUNCTION needed(product bigint, most int DEFAULT 9) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint';",
        'DROP FUNCTION needed(bigint);',
      ],
      'SELECT needed(5)',
      'function needed(integer) is not unique',
    ],
    [
      'what a view is made of',
      [
        'ALTER TABLE stock RENAME quantity TO pieces; DROP VIEW low CASCADE;',
        'CREATE VIEW low AS SELECT warehouse, product FROM stock WHERE pieces < 5;',
      ],
      'SELECT product FROM low WHERE warehouse = 4',
      'relation "low" does not exist',
    ],
  ])('a query fails in between: %s', async (_, change, sql, reason) => {
    expect(await failures(change, [{ sql, route: 'it' }], unique)).toEqual([
      expect.objectContaining({
        query: 'it',
        reason,
        file: 'migrations/2_change.sql',
        until: `migrations/${change.length + 1}_change.sql:1`,
      }),
    ]);
  });

  test('what is put right before the end of the change fails until then', async () => {
    const change = [
      'DROP INDEX stock_once;',
      'CREATE UNIQUE INDEX CONCURRENTLY stock_again ON stock (product, warehouse);',
      'ALTER TABLE stock ADD COLUMN at timestamptz;',
    ];
    expect(await failures(change, [upsert], unique)).toMatchObject([{ until: 'migrations/3_change.sql:1' }]);
  });

  test.each<[string, readonly string[], readonly object[]]>([
    [
      'all is one transaction',
      ['DROP INDEX stock_once; CREATE UNIQUE INDEX again ON stock (product, warehouse);'],
      [upsert],
    ],
    [
      'the new one is there first',
      ['CREATE UNIQUE INDEX again ON stock (product, warehouse);', 'DROP INDEX stock_once;'],
      [upsert],
    ],
    [
      'it fails at head as well',
      ['DROP INDEX stock_once;', 'CREATE INDEX again ON stock (product, warehouse);'],
      [upsert],
    ],
    [
      'it does not use what is away',
      ['DROP INDEX stock_once;', 'CREATE UNIQUE INDEX again ON stock (product, warehouse);'],
      [{ sql: 'SELECT 1 FROM notes', route: 'it' }],
    ],
  ])('no failure: %s', async (_, change, queries) => {
    expect(await failures(change, queries, unique)).toEqual([]);
  });

  test('a plan is worse in between for another reason than an index', async () => {
    const correlated = `${base}
      CREATE VIEW recent AS SELECT id, author FROM notes WHERE author = 5;`;
    const change = [
      'CREATE OR REPLACE VIEW recent AS SELECT id, author FROM notes WHERE author + 0 = 5;',
      'CREATE OR REPLACE VIEW recent AS SELECT id, author FROM notes WHERE author = 5 AND id > 0;',
    ];
    const review = await reviewed(change, [{ sql: 'SELECT id FROM recent', route: 'recent' }], correlated);
    expect(factsOf(review)).toEqual([
      expect.objectContaining({
        index: null,
        until: 'migrations/3_change.sql:1',
        query: 'recent',
        table: 'public.notes',
      }),
    ]);
  });
});
