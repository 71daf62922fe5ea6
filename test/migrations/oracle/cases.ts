/** What one statement is known to do. Locks as `table MODE`, scans as `table rows`. */
export interface OracleCase {
  readonly sql: string;
  /** Run before, unobserved. */
  readonly given?: string;
  /** The first major version that knows the statement. */
  readonly since?: number;
  /** The last major version that does this. */
  readonly until?: number;
  readonly locks?: readonly string[];
  readonly rewrites?: readonly string[];
  readonly emptied?: readonly string[];
  readonly scans?: readonly string[];
  /** SQLSTATE, where it fails. */
  readonly fails?: string;
}

const bigExclusive = ['big AX'];
/** The heap and its three indexes. */
const rewritten = { locks: bigExclusive, rewrites: ['big'], scans: ['big 4000'] };
const scanned = { locks: bigExclusive, scans: ['big 1000'] };
const brief = { locks: bigExclusive };

const columns: readonly OracleCase[] = [
  { sql: 'ALTER TABLE big ADD z int', ...brief },
  { sql: 'ALTER TABLE big ADD z int DEFAULT 1', ...brief },
  { sql: 'ALTER TABLE big ADD z timestamptz NOT NULL DEFAULT now()', ...brief },
  { sql: 'ALTER TABLE big ADD z timestamptz DEFAULT clock_timestamp()', ...rewritten },
  { sql: 'ALTER TABLE big ADD z uuid DEFAULT gen_random_uuid()', ...rewritten },
  { sql: 'ALTER TABLE big ADD z int NOT NULL', fails: '23502' },
  { sql: 'ALTER TABLE big ADD z serial', ...rewritten },
  { sql: 'ALTER TABLE big ADD z int GENERATED ALWAYS AS IDENTITY', ...rewritten },
  { sql: 'ALTER TABLE big ADD z int GENERATED ALWAYS AS (c + 1) STORED', ...rewritten },
  { sql: 'ALTER TABLE big ADD z int DEFAULT 1 CHECK (z > 0)', ...scanned },
  { sql: 'ALTER TABLE big ADD z positive', ...rewritten },
  { sql: 'ALTER TABLE big ADD z positive DEFAULT 1', ...rewritten },
  { sql: 'ALTER TABLE big ADD z int UNIQUE', ...scanned },
  {
    sql: 'ALTER TABLE part2 ADD z int GENERATED ALWAYS AS IDENTITY PRIMARY KEY',
    locks: ['part2 AX'],
    rewrites: ['part2'],
    scans: ['part2 2000'],
  },
  { sql: 'ALTER TABLE big ADD z int REFERENCES ref', locks: ['big AX', 'ref SRX'] },
  {
    sql: 'ALTER TABLE big ADD z int DEFAULT 1 REFERENCES ref',
    locks: ['big AX', 'ref SRX'],
    scans: ['big 1000', 'ref 1000'],
  },
  { sql: 'ALTER TABLE big DROP c', ...brief },
  { sql: 'ALTER TABLE big DROP a', ...brief },
  { sql: 'ALTER TABLE big ALTER c SET NOT NULL', ...scanned },
  {
    given: 'ALTER TABLE big ADD CHECK (c IS NOT NULL)',
    sql: 'ALTER TABLE big ALTER c SET NOT NULL',
    ...brief,
  },
  {
    given: 'ALTER TABLE big ADD CHECK (c IS NOT NULL) NOT VALID',
    sql: 'ALTER TABLE big ALTER c SET NOT NULL',
    ...scanned,
  },
  { sql: 'ALTER TABLE big ALTER nn DROP NOT NULL', ...brief },
  { sql: 'ALTER TABLE big ALTER c SET DEFAULT 1', ...brief },
  { sql: 'ALTER TABLE big ALTER c SET DEFAULT random()', ...brief },
  { sql: 'ALTER TABLE big ALTER nn ADD GENERATED ALWAYS AS IDENTITY', ...brief },
  { sql: 'ALTER TABLE big ALTER g DROP EXPRESSION', ...brief },
  { sql: 'ALTER TABLE big ALTER g SET EXPRESSION AS (2)', since: 17, ...rewritten },
  { sql: 'ALTER TABLE big ADD z int GENERATED ALWAYS AS (c + 1) VIRTUAL', since: 18, ...brief },
  {
    sql: 'ALTER TABLE big ADD z int DEFAULT 1, ADD CHECK (c > 0), ALTER c SET NOT NULL, ALTER w SET NOT NULL',
    ...scanned,
  },
  { sql: 'ALTER TABLE big RENAME c TO d', ...brief },
  { sql: 'ALTER TABLE big RENAME TO huge', ...brief },
  { sql: 'CREATE SCHEMA s; ALTER TABLE big SET SCHEMA s', ...brief },
];

const types: readonly OracleCase[] = [
  { sql: 'ALTER TABLE big ALTER b TYPE bigint', fails: '0A000' },
  { sql: 'ALTER TABLE big ALTER c TYPE bigint', ...rewritten },
  { sql: 'ALTER TABLE big ALTER w TYPE varchar(100)', ...brief },
  { sql: 'ALTER TABLE big ALTER w TYPE varchar(20)', ...rewritten },
  { sql: 'ALTER TABLE big ALTER w TYPE text', ...brief },
  { sql: 'ALTER TABLE big ALTER x TYPE varchar', ...brief },
  { sql: 'ALTER TABLE big ALTER x TYPE varchar(50)', ...rewritten },
  { sql: 'ALTER TABLE big ALTER n TYPE numeric(12, 2)', ...brief },
  { sql: 'ALTER TABLE big ALTER n TYPE numeric(12, 4)', ...rewritten },
  { sql: 'ALTER TABLE big ALTER ts TYPE timestamptz', ...brief },
  { sql: "SET timezone = 'Europe/Oslo'; ALTER TABLE big ALTER ts TYPE timestamptz", ...rewritten },
  { sql: 'ALTER TABLE big ALTER j TYPE jsonb', ...rewritten },
  { sql: 'ALTER TABLE big ALTER a TYPE text', ...brief },
  { sql: 'ALTER TABLE big ALTER checked TYPE varchar(100)', ...scanned },
  { sql: 'ALTER TABLE big ALTER c TYPE int', ...brief },
  { sql: 'ALTER TABLE big ALTER u TYPE text COLLATE "C"', ...scanned },
];

const constraints: readonly OracleCase[] = [
  { sql: 'ALTER TABLE big ADD CHECK (c > 0)', ...scanned },
  { sql: 'ALTER TABLE big ADD CHECK (c > 0) NOT VALID', ...brief },
  {
    given: 'ALTER TABLE big ADD CONSTRAINT k CHECK (c > 0) NOT VALID',
    sql: 'ALTER TABLE big VALIDATE CONSTRAINT k',
    locks: ['big SUX'],
    scans: ['big 1000'],
  },
  {
    sql: 'ALTER TABLE big ADD FOREIGN KEY (ref_id) REFERENCES ref',
    locks: ['big SRX', 'ref SRX'],
    scans: ['big 1000', 'ref 1000'],
  },
  { sql: 'ALTER TABLE big ADD FOREIGN KEY (ref_id) REFERENCES ref NOT VALID', locks: ['big SRX', 'ref SRX'] },
  {
    sql: 'ALTER TABLE child VALIDATE CONSTRAINT child_fk',
    locks: ['big RS', 'child SUX'],
    scans: ['big 1000', 'child 1000'],
  },
  { sql: 'ALTER TABLE child DROP CONSTRAINT child_fk', locks: ['big AX', 'child AX'] },
  { sql: 'ALTER TABLE big ADD UNIQUE (c)', ...scanned },
  {
    given: 'CREATE UNIQUE INDEX ready ON big (c)',
    sql: 'ALTER TABLE big ADD UNIQUE USING INDEX ready',
    ...brief,
  },
  { sql: 'ALTER TABLE part2 ADD PRIMARY KEY (id)', locks: ['part2 AX'], scans: ['part2 2000'] },
  {
    given: 'ALTER TABLE part2 ALTER id SET NOT NULL',
    sql: 'ALTER TABLE part2 ADD PRIMARY KEY (id)',
    locks: ['part2 AX'],
    scans: ['part2 1000'],
  },
  {
    given: 'ALTER TABLE part2 ALTER id SET NOT NULL; CREATE UNIQUE INDEX ready ON part2 (id)',
    sql: 'ALTER TABLE part2 ADD PRIMARY KEY USING INDEX ready',
    locks: ['part2 AX'],
  },
  {
    given: 'CREATE UNIQUE INDEX ready ON part2 (id)',
    sql: 'ALTER TABLE part2 ADD PRIMARY KEY USING INDEX ready',
    locks: ['part2 AX'],
    scans: ['part2 1000'],
  },
  { sql: 'ALTER TABLE big ADD EXCLUDE USING btree (c WITH =)', locks: bigExclusive, scans: ['big 2000'] },
  { sql: 'ALTER TABLE big DROP CONSTRAINT checked_short', ...brief },
  { sql: 'ALTER TABLE ref DROP CONSTRAINT ref_pkey', locks: ['ref AX'] },
  { sql: 'ALTER TABLE child ALTER CONSTRAINT child_fk DEFERRABLE', locks: ['child AX'] },
  { sql: 'ALTER TABLE big ADD CONSTRAINT k NOT NULL c NOT VALID', since: 18, ...brief },
  {
    since: 18,
    given: 'ALTER TABLE big ADD CONSTRAINT k NOT NULL c NOT VALID',
    sql: 'ALTER TABLE big VALIDATE CONSTRAINT k',
    locks: ['big SUX'],
    scans: ['big 1000'],
  },
  { sql: 'ALTER TABLE big ADD CHECK (c > 0) NOT ENFORCED', since: 18, ...brief },
];

const indexes: readonly OracleCase[] = [
  { sql: 'CREATE INDEX ON big (c)', locks: ['big S'], scans: ['big 1000'] },
  { sql: 'CREATE UNIQUE INDEX ON big (c)', locks: ['big S'], scans: ['big 1000'] },
  { sql: 'CREATE INDEX CONCURRENTLY ON big (c)', locks: ['big SUX'] },
  {
    sql: 'CREATE INDEX ON part (id)',
    locks: ['part S', 'part1 S', 'partdef S'],
    scans: ['part1 1000', 'partdef 1000'],
  },
  { sql: 'CREATE INDEX ON ONLY part (id)', locks: ['part S'] },
  { given: 'CREATE INDEX pi ON part (id)', sql: 'ALTER INDEX pi RENAME TO renamed' },
  { sql: 'DROP INDEX big_a', ...brief },
  { sql: 'DROP INDEX CONCURRENTLY big_a', locks: ['big SUX'] },
  { sql: 'REINDEX INDEX big_a', locks: ['big S'], scans: ['big 1000'] },
  { sql: 'REINDEX TABLE big', locks: ['big S'], scans: ['big 3000'] },
  { sql: 'REINDEX TABLE CONCURRENTLY big', locks: ['big SUX'] },
  {
    given: 'CREATE INDEX parent ON ONLY part (id); CREATE INDEX child1 ON part1 (id)',
    sql: 'ALTER INDEX parent ATTACH PARTITION child1',
    locks: ['part AS', 'part1 AS'],
  },
];

const tables: readonly OracleCase[] = [
  // The table itself is told as well, since queries wait for it while it goes.
  { sql: 'DROP TABLE te', locks: ['te AX'] },
  { sql: 'DROP TABLE child', locks: ['big AX', 'child AX'] },
  { sql: 'DROP TABLE big CASCADE', locks: ['big AX', 'child AX', 'mv AX'] },
  { sql: 'TRUNCATE ul', locks: ['ul AX'], emptied: ['ul'] },
  {
    sql: 'TRUNCATE big CASCADE',
    locks: ['big AX', 'child AX'],
    emptied: ['big', 'child'],
    scans: ['big 0', 'child 0'],
  },
  { sql: 'CREATE TABLE t (id int REFERENCES big)', locks: ['big SRX'] },
  {
    sql: "CREATE TABLE t PARTITION OF part FOR VALUES FROM ('2029-01-01') TO ('2030-01-01')",
    locks: ['part AX', 'partdef AX'],
    scans: ['partdef 1000'],
  },
  {
    sql: "ALTER TABLE part ATTACH PARTITION part2 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    locks: ['part SUX', 'part2 AX', 'partdef AX'],
    scans: ['part2 1000', 'partdef 1000'],
  },
  {
    sql: "ALTER TABLE plain_part ATTACH PARTITION part2 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    locks: ['part2 AX', 'plain_part SUX'],
    scans: ['part2 1000'],
  },
  {
    given: "ALTER TABLE part2 ADD CHECK (day IS NOT NULL AND day >= '2028-01-01' AND day < '2029-01-01')",
    sql: "ALTER TABLE plain_part ATTACH PARTITION part2 FOR VALUES FROM ('2028-01-01') TO ('2029-01-01')",
    locks: ['part2 AX', 'plain_part SUX'],
  },
  { sql: 'ALTER TABLE part DETACH PARTITION part1', locks: ['part AX', 'part1 AX', 'partdef AX'] },
  {
    sql: 'ALTER TABLE plain_part DETACH PARTITION plain_part1 CONCURRENTLY',
    locks: ['plain_part SUX', 'plain_part1 AX'],
  },
  { sql: 'ALTER TABLE part DETACH PARTITION part1 CONCURRENTLY', fails: '55000' },
  {
    sql: 'REFRESH MATERIALIZED VIEW mv',
    locks: ['big AS', 'mv AX'],
    rewrites: ['mv'],
    scans: ['big 1000', 'mv 1000'],
  },
  {
    sql: 'REFRESH MATERIALIZED VIEW CONCURRENTLY mv',
    locks: ['big AS', 'mv X'],
    scans: ['big 1000', 'mv 1000'],
  },
  { sql: 'ALTER TABLE ul SET LOGGED', locks: ['ul AX'], rewrites: ['ul'], scans: ['ul 1000'] },
  { sql: 'ALTER TABLE part2 SET UNLOGGED', locks: ['part2 AX'], rewrites: ['part2'], scans: ['part2 1000'] },
  { sql: 'ALTER TABLE big SET TABLESPACE pg_default', ...brief },
  { sql: 'ALTER TABLE big SET ACCESS METHOD heap', since: 15, ...brief },
  // So small a table is read in sequence and sorted; a large one may be read through the index, for one scan less.
  { sql: 'CLUSTER big USING big_a', locks: bigExclusive, rewrites: ['big'], scans: ['big 4000'] },
  { sql: 'VACUUM FULL big', locks: bigExclusive, rewrites: ['big'] },
  { sql: 'VACUUM big', locks: ['big SUX'] },
  { sql: 'ANALYZE big', locks: ['big SUX'] },
  { sql: 'ALTER TABLE ul INHERIT ip', locks: ['ip SUX', 'ul AX'] },
];

const rest: readonly OracleCase[] = [
  {
    sql: 'CREATE TRIGGER t BEFORE INSERT ON big FOR EACH ROW EXECUTE FUNCTION trigger_function()',
    locks: ['big SRX'],
  },
  { sql: 'DROP TRIGGER existing ON big', ...brief },
  { sql: 'ALTER TABLE big DISABLE TRIGGER existing', locks: ['big SRX'] },
  { sql: 'ALTER TABLE big ENABLE ROW LEVEL SECURITY', ...brief },
  { sql: 'CREATE POLICY p ON big', ...brief },
  { sql: 'CREATE RULE r AS ON INSERT TO big DO ALSO NOTHING', ...brief },
  { sql: 'ALTER TABLE big ALTER c SET STATISTICS 500', locks: ['big SUX'] },
  { sql: 'ALTER TABLE big ALTER x SET STORAGE EXTERNAL', ...brief },
  { sql: 'ALTER TABLE big ALTER x SET COMPRESSION pglz', ...brief },
  { sql: 'ALTER TABLE big SET (fillfactor = 70)', locks: ['big SUX'] },
  { sql: 'ALTER TABLE big SET (autovacuum_enabled = false)', locks: ['big SUX'] },
  { sql: 'ALTER TABLE big REPLICA IDENTITY FULL', ...brief },
  { sql: "ALTER TYPE mood ADD VALUE 'great'" },
  { sql: "ALTER TYPE mood RENAME VALUE 'well' TO 'good'" },
  { sql: 'ALTER DOMAIN positive ADD CHECK (VALUE < 5000)', locks: ['td S'], scans: ['td 1000'] },
  { sql: 'ALTER DOMAIN positive ADD CHECK (VALUE < 5000) NOT VALID' },
  { sql: 'ALTER DOMAIN positive SET NOT NULL', locks: ['td S'], scans: ['td 1000'] },
  { sql: 'CREATE VIEW w AS SELECT id FROM big', locks: ['big AS'] },
  { sql: 'CREATE OR REPLACE VIEW v AS SELECT b FROM big', locks: ['big AS'] },
  { sql: 'DROP VIEW v' },
  { sql: 'CREATE STATISTICS s ON c, n FROM big', locks: ['big SUX'] },
  { sql: "COMMENT ON COLUMN big.c IS 'c'", locks: ['big SUX'] },
  { sql: 'GRANT SELECT ON big TO PUBLIC', until: 17 },
  { sql: 'GRANT SELECT ON big TO PUBLIC', since: 18, locks: ['big AS'] },
  { sql: 'LOCK TABLE big', ...brief },
  { sql: 'UPDATE big SET c = c', locks: ['big RX'], scans: ['big 1000'] },
  { sql: 'DELETE FROM big WHERE c < 10', fails: '23503' },
  { sql: 'SELECT * FROM big WHERE id = 1 FOR UPDATE', locks: ['big RS'] },
  { sql: 'ALTER SEQUENCE sq AS bigint', locks: ['sq SRX'] },
  { sql: 'CREATE PUBLICATION p FOR TABLE big', locks: ['big SUX'] },
  { sql: 'ALTER TABLE big OWNER TO CURRENT_USER', ...brief },
  {
    sql: "DO $$ BEGIN EXECUTE 'CREATE INDEX ON big (c)'; END $$",
    locks: ['big S'],
    scans: ['big 1000'],
  },
];

/** Taken from runs on PostgreSQL 14 to 18, where they are the same unless a version is named. */
export const oracle: readonly OracleCase[] = [
  ...columns,
  ...types,
  ...constraints,
  ...indexes,
  ...tables,
  ...rest,
];
