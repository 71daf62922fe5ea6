import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import type { Review } from '../../src/model/review.ts';
import { runExample } from '../support/examples.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `
  CREATE TYPE mood AS ENUM ('well', 'ill');
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE DOMAIN anything AS int;
  CREATE TABLE ref (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE big (
    id bigint PRIMARY KEY,
    a int NOT NULL,
    c int,
    n numeric(10,2),
    w varchar(50),
    x text,
    indexed varchar(50),
    checked varchar(50) CHECK (length(checked) < 60),
    proven int CONSTRAINT proven_set CHECK (proven IS NOT NULL),
    unproven int,
    ts timestamp,
    precise timestamptz(3),
    took interval(3),
    net cidr,
    bits varbit(8),
    mood mood,
    score anything,
    labels jsonb,
    ref_id bigint
  );
  CREATE INDEX big_a ON big (a);
  CREATE INDEX big_indexed ON big (indexed);
  CREATE INDEX big_ref_id ON big (ref_id);
  CREATE INDEX big_unused ON big (n);
  CREATE UNIQUE INDEX big_c ON big (c);
  ALTER TABLE big ADD CONSTRAINT unproven_set CHECK (unproven IS NOT NULL) NOT VALID;
  CREATE TABLE rated (id bigint PRIMARY KEY, rating positive);
  CREATE TABLE keyless (id bigint NOT NULL, a int);
  CREATE UNIQUE INDEX keyless_id ON keyless (id);
  CREATE VIEW names AS SELECT id, w FROM big;
  CREATE MATERIALIZED VIEW totals AS SELECT id, a FROM big;
  CREATE UNIQUE INDEX totals_id ON totals (id);
  CREATE TABLE parts (id bigint NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE parts_25 PARTITION OF parts FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE parts_26 PARTITION OF parts FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE alone (
    id bigint NOT NULL,
    day date NOT NULL CHECK (day >= '2027-01-01' AND day < '2028-01-01'),
    PRIMARY KEY (id, day)
  );
  CREATE TABLE rest (id bigint NOT NULL, day date NOT NULL, PRIMARY KEY (id, day)) PARTITION BY RANGE (day);
  CREATE TABLE rest_default PARTITION OF rest DEFAULT;
  CREATE SEQUENCE numbers;
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE FUNCTION one() RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';
  CREATE TRIGGER existing BEFORE UPDATE ON big FOR EACH ROW EXECUTE FUNCTION touch();
`;

const config = `tables: { ${[
  'big',
  'ref',
  'rated',
  'keyless',
  'totals',
  'parts',
  'parts_25',
  'parts_26',
  'alone',
  'rest',
  'rest_default',
]
  .map((table) => `${table}: { rows: 50M }`)
  .join(', ')} }\n`;

/** Migrations that a change adds, in order. */
type Change = string | readonly string[];

interface Case {
  readonly change: Change;
  /** The first major version that knows what it says. */
  readonly since?: number;
  /** Rules that are right to say what it means for the application. */
  readonly tells?: readonly string[];
}

/** Statements that are over at once on a table of any size, or let others read and write meanwhile. */
const healthy: readonly Case[] = [
  { change: 'ALTER TABLE big ADD z int' },
  { change: 'ALTER TABLE big ADD z int DEFAULT 1' },
  { change: "ALTER TABLE big ADD z text NOT NULL DEFAULT ''" },
  { change: 'ALTER TABLE big ADD z timestamptz NOT NULL DEFAULT now()' },
  { change: 'ALTER TABLE big ADD z date NOT NULL DEFAULT CURRENT_DATE' },
  { change: 'ALTER TABLE big ADD z int NOT NULL DEFAULT one()' },
  {
    // Inlined, so that it is no more volatile than what it calls.
    change: `CREATE FUNCTION stamp() RETURNS timestamptz LANGUAGE sql AS 'SELECT now()';
      ALTER TABLE big ADD z timestamptz NOT NULL DEFAULT stamp()`,
  },
  { change: "ALTER TABLE big ADD z mood NOT NULL DEFAULT 'well'" },
  { change: "ALTER TABLE big ADD z jsonb NOT NULL DEFAULT '{}', ADD y text[] NOT NULL DEFAULT '{}'" },
  { change: 'ALTER TABLE big ADD IF NOT EXISTS a int' },
  { change: 'ALTER TABLE big ADD z int GENERATED ALWAYS AS (c + 1) VIRTUAL', since: 18 },
  { change: 'ALTER TABLE big ADD z anything' },
  { change: ['ALTER TABLE big ADD z bigint REFERENCES ref', 'CREATE INDEX CONCURRENTLY big_z ON big (z)'] },
  { change: 'ALTER TABLE big ADD z int, ADD CHECK (z > 0) NOT VALID' },
  {
    change: [
      'ALTER TABLE big ADD z int',
      'CREATE UNIQUE INDEX CONCURRENTLY big_z ON big (z)',
      'ALTER TABLE big ADD CONSTRAINT big_z UNIQUE USING INDEX big_z',
    ],
  },
  { change: ['ALTER TABLE big ADD z uuid', 'ALTER TABLE big ALTER z SET DEFAULT gen_random_uuid()'] },
  { change: 'ALTER TABLE big ALTER c SET DEFAULT 1' },
  { change: 'ALTER TABLE big ALTER c SET DEFAULT random()' },

  { change: 'ALTER TABLE big ALTER indexed TYPE varchar(100)' },
  { change: 'ALTER TABLE big ALTER indexed TYPE text' },
  { change: 'ALTER TABLE big ALTER x TYPE varchar' },
  { change: 'ALTER TABLE big ALTER n TYPE numeric(12,2)' },
  { change: 'ALTER TABLE big ALTER n TYPE numeric' },
  { change: 'ALTER TABLE big ALTER net TYPE inet' },
  { change: 'ALTER TABLE big ALTER bits TYPE varbit(16)' },
  { change: 'ALTER TABLE big ALTER took TYPE interval(6)' },
  { change: 'ALTER TABLE big ALTER precise TYPE timestamptz(6)' },
  { change: "SET timezone = 'UTC'; ALTER TABLE big ALTER ts TYPE timestamptz" },
  { change: 'ALTER TABLE big ALTER c TYPE int' },

  { change: 'ALTER TABLE big ALTER proven SET NOT NULL; ALTER TABLE big DROP CONSTRAINT proven_set' },
  { change: 'ALTER TABLE big ALTER a SET NOT NULL' },
  {
    change: [
      'ALTER TABLE big ADD CONSTRAINT c_set CHECK (c IS NOT NULL) NOT VALID',
      'ALTER TABLE big VALIDATE CONSTRAINT c_set',
      'ALTER TABLE big ALTER c SET NOT NULL; ALTER TABLE big DROP CONSTRAINT c_set',
    ],
    tells: ['compatibility/required-column'],
  },
  {
    change: [
      'ALTER TABLE big ADD CONSTRAINT c_set NOT NULL c NOT VALID',
      'ALTER TABLE big VALIDATE CONSTRAINT c_set',
    ],
    since: 18,
    tells: ['compatibility/required-column'],
  },
  {
    change: [
      'ALTER TABLE big ADD CONSTRAINT c_small CHECK (c < 2000000000) NOT VALID',
      'ALTER TABLE big VALIDATE CONSTRAINT c_small',
    ],
  },
  { change: 'ALTER TABLE big VALIDATE CONSTRAINT unproven_set' },
  {
    change: [
      'ALTER TABLE big ADD CONSTRAINT big_ref FOREIGN KEY (ref_id) REFERENCES ref NOT VALID',
      'ALTER TABLE big VALIDATE CONSTRAINT big_ref',
    ],
  },
  {
    change: [
      'CREATE UNIQUE INDEX CONCURRENTLY big_x ON big (x)',
      'ALTER TABLE big ADD CONSTRAINT big_x UNIQUE USING INDEX big_x',
    ],
  },
  { change: 'ALTER TABLE keyless ADD PRIMARY KEY USING INDEX keyless_id' },
  { change: 'ALTER TABLE big RENAME CONSTRAINT proven_set TO renamed' },

  { change: 'CREATE INDEX CONCURRENTLY big_w ON big (w)' },
  { change: 'CREATE INDEX CONCURRENTLY IF NOT EXISTS big_w ON big (w) INCLUDE (x) WHERE a > 0' },
  { change: 'DROP INDEX CONCURRENTLY big_unused' },
  { change: ["SET statement_timeout = '1h'; DROP INDEX CONCURRENTLY big_unused"] },
  { change: 'DROP INDEX CONCURRENTLY IF EXISTS no_such_index' },
  { change: 'REINDEX INDEX CONCURRENTLY big_a' },
  { change: 'REINDEX TABLE CONCURRENTLY big' },
  { change: 'ALTER INDEX big_a RENAME TO big_a_idx' },
  {
    change: [
      'CREATE INDEX parts_day ON ONLY parts (day)',
      'CREATE INDEX CONCURRENTLY parts_25_day ON parts_25 (day)',
      'CREATE INDEX CONCURRENTLY parts_26_day ON parts_26 (day)',
      'ALTER INDEX parts_day ATTACH PARTITION parts_25_day; ALTER INDEX parts_day ATTACH PARTITION parts_26_day',
    ],
  },

  { change: "ALTER TABLE parts ATTACH PARTITION alone FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')" },
  { change: "CREATE TABLE parts_27 PARTITION OF parts FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')" },
  { change: 'ALTER TABLE parts DETACH PARTITION parts_25 CONCURRENTLY' },
  {
    change: [
      "ALTER TABLE rest_default ADD CONSTRAINT not_27 CHECK (day < '2027-01-01') NOT VALID",
      'ALTER TABLE rest_default VALIDATE CONSTRAINT not_27',
      "CREATE TABLE rest_27 (LIKE rest INCLUDING ALL); ALTER TABLE rest ATTACH PARTITION rest_27 FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
    ],
  },

  { change: 'REFRESH MATERIALIZED VIEW CONCURRENTLY totals' },
  { change: 'ANALYZE big' },
  { change: 'VACUUM big' },
  { change: 'ALTER TABLE big SET TABLESPACE pg_default' },
  { change: 'ALTER TABLE big SET ACCESS METHOD heap', since: 15 },
  { change: 'ALTER TABLE big ALTER x SET STORAGE EXTERNAL' },
  { change: 'ALTER TABLE big ALTER x SET COMPRESSION pglz' },
  { change: 'ALTER TABLE big REPLICA IDENTITY USING INDEX big_pkey' },
  { change: 'ALTER TABLE big OWNER TO CURRENT_USER' },
  { change: 'ALTER TABLE big ALTER c SET STATISTICS 500; ALTER TABLE big SET (fillfactor = 90)' },
  { change: 'CREATE STATISTICS big_ac ON a, c FROM big' },
  {
    change: "COMMENT ON TABLE big IS 'large'; COMMENT ON COLUMN big.c IS 'c'; COMMENT ON INDEX big_a IS 'a'",
  },
  { change: 'GRANT SELECT ON big TO CURRENT_USER' },
  { change: 'ALTER DOMAIN positive ADD CONSTRAINT small CHECK (VALUE < 5000) NOT VALID' },
  { change: "ALTER TYPE mood ADD VALUE 'better' AFTER 'well'" },
  { change: 'CREATE OR REPLACE VIEW names AS SELECT id, w, a FROM big' },
  { change: 'CREATE VIEW idle AS SELECT id FROM big WHERE a = 0' },
  {
    change:
      "CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; RETURN NEW; END'",
  },
  { change: 'CREATE TRIGGER added AFTER INSERT ON big FOR EACH ROW EXECUTE FUNCTION touch()' },
  { change: 'DROP TRIGGER existing ON big' },
  { change: 'ALTER TABLE big DISABLE TRIGGER existing; ALTER TABLE big ENABLE TRIGGER existing' },
  { change: 'CREATE POLICY everybody ON big USING (true); ALTER TABLE big ENABLE ROW LEVEL SECURITY' },
  { change: 'UPDATE big SET a = 2 WHERE id = 1' },
  { change: 'DELETE FROM big WHERE id = 1' },
  { change: "INSERT INTO ref (id, name) VALUES (-1, 'nobody') ON CONFLICT DO NOTHING" },
  { change: 'SELECT count(*) FROM big' },
  { change: 'DO $$ BEGIN PERFORM 1; END $$' },
  { change: 'BEGIN; CREATE TABLE fresh (id bigint PRIMARY KEY); INSERT INTO fresh SELECT 1; COMMIT' },
  { change: 'CREATE EXTENSION IF NOT EXISTS pg_trgm' },

  {
    change: `CREATE TABLE fresh (id bigint PRIMARY KEY, ref_id bigint NOT NULL REFERENCES ref, a int, b text);
      CREATE INDEX ON fresh (ref_id);
      INSERT INTO fresh SELECT g, (SELECT min(id) FROM ref), g FROM generate_series(1, 100) g;
      UPDATE fresh SET b = 'b';
      ALTER TABLE fresh ALTER b SET NOT NULL, ALTER a TYPE bigint, ADD CHECK (a > 0);
      CREATE UNIQUE INDEX ON fresh (a);
      ALTER TABLE fresh ADD z uuid DEFAULT gen_random_uuid()`,
  },
  {
    change: [
      'CREATE TABLE fresh (id bigint PRIMARY KEY, a int)',
      'ALTER TABLE fresh ALTER a TYPE bigint; CREATE INDEX ON fresh (a); ALTER TABLE fresh DROP COLUMN a',
    ],
  },
  { change: 'CREATE TABLE fresh (LIKE big INCLUDING ALL)' },
  {
    change:
      'CREATE TABLE fresh AS SELECT id, a FROM big WITH NO DATA; ALTER TABLE fresh ADD PRIMARY KEY (id)',
  },
  { change: 'CREATE TEMP TABLE t AS SELECT id FROM big WHERE id = 1; DROP TABLE t' },
  { change: 'CREATE SCHEMA more CREATE TABLE fresh (id bigint PRIMARY KEY)' },
  { change: "CREATE SEQUENCE more; ALTER TABLE big ALTER c SET DEFAULT nextval('more')" },
  { change: 'BEGIN; ALTER TABLE big ADD z int; COMMIT' },
];

/** Statements whose text does not tell what they do, and the rule that sees it. */
const hidden: readonly (readonly [rule: string, change: Change, since?: number])[] = [
  ['migration/table-rewrite', 'DO $$ BEGIN ALTER TABLE big ALTER c TYPE bigint; END $$'],
  ['migration/blocking-index-build', "DO $$ BEGIN EXECUTE 'CREATE INDEX ON ' || 'big (w)'; END $$"],
  [
    'migration/blocking-index-build',
    `CREATE FUNCTION build(name text) RETURNS void LANGUAGE plpgsql AS $$
       BEGIN EXECUTE format('CREATE INDEX ON %I (w)', name); END $$;
     SELECT build('big')`,
  ],
  [
    'migration/table-rewrite',
    `CREATE PROCEDURE widen() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'ALTER TABLE big ALTER c TYPE bigint'; END $$;
     CALL widen()`,
  ],
  [
    'migration/table-rewrite',
    `CREATE PROCEDURE widen() LANGUAGE plpgsql AS $$
       BEGIN EXECUTE 'ALTER TABLE big ADD z uuid DEFAULT gen_random_uuid()'; COMMIT; END $$;
     CALL widen()`,
  ],
  ['migration/unbatched-backfill', 'DO $$ BEGIN UPDATE big SET x = lower(w); END $$'],
  ['migration/truncates', "DO $$ BEGIN EXECUTE 'TRUNCATE big'; END $$"],
  ['migration/drops-column', "DO $$ BEGIN EXECUTE 'ALTER TABLE big DROP COLUMN x'; END $$"],
  ['migration/table-rewrite', 'ALTER TABLE big ADD z positive'],
  ['migration/table-rewrite', 'ALTER TABLE big ADD z positive DEFAULT 1'],
  ['migration/table-rewrite', 'ALTER TABLE big ADD z timestamptz DEFAULT clock_timestamp()'],
  ['migration/table-rewrite', 'ALTER TABLE big ADD z bigserial'],
  [
    'migration/table-rewrite',
    `CREATE FUNCTION stamp() RETURNS timestamptz LANGUAGE plpgsql AS 'BEGIN RETURN now(); END';
     ALTER TABLE big ADD z timestamptz DEFAULT stamp()`,
  ],
  ['migration/table-rewrite', "SET timezone = 'Europe/Oslo'; ALTER TABLE big ALTER ts TYPE timestamptz"],
  ['migration/table-rewrite', 'ALTER TABLE big ALTER n TYPE numeric(12,4)'],
  ['migration/table-rewrite', 'ALTER TABLE big ALTER x TYPE varchar(20)'],
  ['migration/table-rewrite', 'ALTER TABLE big SET UNLOGGED'],
  ['migration/blocking-scan', 'ALTER TABLE big ALTER checked TYPE varchar(100)'],
  ['migration/blocking-scan', 'ALTER TABLE big ALTER unproven SET NOT NULL'],
  ['migration/blocking-scan', 'ALTER TABLE big ADD z int DEFAULT 1 CHECK (z > 0)'],
  ['migration/blocking-scan', 'ALTER TABLE big ADD z bigint DEFAULT 1 REFERENCES ref'],
  ['migration/blocking-scan', 'ALTER DOMAIN positive ADD CHECK (VALUE < 2000000000)'],
  ['migration/blocking-scan', 'ALTER DOMAIN positive SET NOT NULL'],
  [
    'migration/blocking-scan',
    "CREATE TABLE rest_27 PARTITION OF rest FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')",
  ],
  ['migration/blocking-scan', 'ALTER TABLE keyless ALTER a SET NOT NULL'],
  ['migration/blocking-index-build', 'ALTER TABLE big ALTER indexed TYPE varchar(100) COLLATE "C"'],
  ['migration/blocking-index-build', 'ALTER TABLE big ADD z int UNIQUE'],
  ['migration/blocking-index-build', 'ALTER TABLE big ADD EXCLUDE USING btree (x WITH =)'],
  ['migration/blocking-index-build', 'CREATE INDEX parts_day ON parts (day)'],
  ['migration/blocking-index-build', 'CREATE INDEX CONCURRENTLY big_w ON big (w); REINDEX INDEX big_w'],
  [
    'migration/locks-other-tables',
    'CREATE TABLE child (id bigint PRIMARY KEY, ref_id bigint REFERENCES ref); DROP TABLE parts_25',
  ],
  [
    'migration/lock-held-across-statements',
    'ALTER TABLE big ADD CONSTRAINT k CHECK (c > -1) NOT VALID; ALTER TABLE big VALIDATE CONSTRAINT k',
  ],
  ['migration/blocking-detach', "DO $$ BEGIN EXECUTE 'ALTER TABLE parts DETACH PARTITION parts_25'; END $$"],
  ['migration/blocking-refresh', "DO $$ BEGIN EXECUTE 'REFRESH MATERIALIZED VIEW totals'; END $$"],
  ['migration/migration-fails', 'ALTER TABLE big ADD z int NOT NULL'],
  ['migration/migration-fails', 'ALTER TABLE big ALTER w TYPE int USING w::int'],
];

describe.each(judgedVersions)('what a text does not tell, on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reviewed(change: Change): Promise<Review> {
    const migrations = typeof change === 'string' ? [change] : change;
    return await runExample(server.sandbox, {
      base,
      config,
      change: Object.fromEntries(
        migrations.map((sql, index) => [`migrations/000${index + 2}_change.sql`, `${sql};\n`]),
      ),
      queries: null,
    });
  }

  /** What a reader is to act upon: introduced insights of medium or above. */
  function worthActing({ insights }: Review): readonly Insight[] {
    return insights.filter(
      ({ origin, severity }) => origin === 'introduced' && severity !== 'low' && severity !== 'healthy',
    );
  }

  async function told(change: Change): Promise<readonly Insight[]> {
    const review = await reviewed(change);
    // Silence is to mean that it was looked at.
    const unseen = review.unchecked.filter(
      ({ reason }) => !/outside a transaction|unusual rows/.test(reason),
    );
    expect(unseen).toEqual([]);
    return worthActing(review);
  }

  test('made-up values that a statement cannot work with are no failure of it', async () => {
    const review = await reviewed(`CREATE TABLE tags (id bigint, tag text);
      INSERT INTO tags SELECT id, jsonb_array_elements_text(labels) FROM big;
      ALTER TABLE big ALTER c TYPE bigint`);
    const told = worthActing(review).map(({ rule, severity }) => `${rule} ${severity}`);
    expect(told).toContain('migration/table-rewrite critical');
    expect(told).not.toContain('migration/migration-fails critical');
    expect(told).not.toContain('migration/truncates critical');
    expect(review.unchecked).toContainEqual({
      subject: 'public.big',
      reason: expect.stringContaining('cannot extract elements from'),
    });
  });

  test.each(
    healthy
      .filter(({ since = 14 }) => since <= major)
      .map(({ change, tells = [] }) => [change, tells] as const),
  )('%j is silent', async (change, tells) => {
    const others = (await told(change)).filter(({ rule }) => !tells.includes(rule));
    expect(others.map(({ rule, summary }) => `${rule}: ${summary}`)).toEqual([]);
  });

  test.each(hidden.filter(([, , since = 14]) => since <= major))('%s sees %j', async (rule, change) => {
    expect((await told(change)).map((insight) => insight.rule)).toContain(rule);
  });
});
