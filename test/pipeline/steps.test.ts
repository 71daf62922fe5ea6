import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer, testedVersions } from '../support/server.ts';

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

describe.each(testedVersions)('PostgreSQL %i', (major) => {
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
  ): Promise<Review> {
    const added = texts.map((text, index) => [`migrations/${index + 2}_change.sql`, text] as const);
    using project = new TestProject({
      '.github/pg-guardrails.yml': config,
      'captured.ndjson': workload.map((line) => JSON.stringify(line)).join('\n'),
      'migrations/1_base.sql': schema,
      ...Object.fromEntries(added),
    });
    const comparison = { kind: 'named', files: added.map(([path]) => path) } as const;
    const review = await reviewProject(server.sandbox, project.root, { comparison });
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
      /50 calls a second then keep [\d,]+ to [\d,]+ connections busy of a pool of 20$/,
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

  test('what is lost for good is no gap', async () => {
    const review = await reviewed([drop, 'CREATE INDEX CONCURRENTLY on_version ON audits (version);']);
    expect(gapsOf(review)).toEqual([]);
    expect(review.insights.map(({ rule }) => rule)).toContain('query/lost-index');
  });

  test('no more than five steps are planned; the others are named', async () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'];
    const indexes = names.map((name) => `CREATE INDEX ${name} ON audits (auditable_id) INCLUDE (version);`);
    const drops = names.map((name) => `DROP INDEX ${name};`);
    const review = await reviewed([...drops, create], captured, base + indexes.join('\n'));
    expect(review.unchecked).toEqual(
      ['7', '8'].map((version) => ({
        subject: `migrations/${version}_change.sql:1`,
        reason: expect.stringContaining('the first 5'),
      })),
    );
  });
});
