/** A type, two of its values that are secret, as SQL, and texts by which they are known in a file. */
interface Planted {
  readonly type: string;
  /** The same in every row: a most common value. */
  readonly common: string;
  /** Different in every row `i`: a bound of the histogram. */
  readonly different: string;
  readonly seen: readonly string[];
}

/** Of types that PostgreSQL keeps values of; those without equality, such as json and point, have none. */
const planted: readonly Planted[] = [
  {
    type: 'text',
    common: "'secret-text'",
    different: "'hidden-text-' || i",
    seen: ['secret-text', 'hidden-text-1'],
  },
  {
    type: 'varchar(40)',
    common: "'secret-varchar'",
    different: "'hidden-varchar-' || i",
    seen: ['secret-varchar', 'hidden-varchar-1'],
  },
  {
    type: 'char(20)',
    common: "'secret-char'",
    different: "'hidden-char-' || i",
    seen: ['secret-char', 'hidden-char-1'],
  },
  {
    type: 'jsonb',
    common: `'{"secretkey": "secret-jsonb"}'`,
    different: "jsonb_build_object('hiddenkey', i)",
    seen: ['secretkey', 'secret-jsonb', 'hiddenkey'],
  },
  {
    type: 'text[]',
    common: "ARRAY['secret-element', 'x']",
    different: "ARRAY['hidden-element-' || i]",
    seen: ['secret-element', 'hidden-element-1'],
  },
  {
    type: 'int[]',
    common: 'ARRAY[640640640]',
    different: 'ARRAY[641000000 + i]',
    seen: ['640640640', '641000'],
  },
  {
    type: 'tsvector',
    common: "to_tsvector('simple', 'secretlexeme')",
    different: "to_tsvector('simple', 'hiddenlexeme' || i % 3)",
    seen: ['secretlexeme', 'hiddenlexeme1'],
  },
  { type: 'int4', common: '650650650', different: '651000000 + i', seen: ['650650650', '651000'] },
  {
    type: 'int8',
    common: '660660660660',
    different: '661000000000 + i',
    seen: ['660660660660', '6610000000'],
  },
  { type: 'numeric', common: '90210.471147', different: '90211.5 + i', seen: ['90210.471147', '90212.5'] },
  { type: 'float8', common: '67.06700670067', different: '6800.25 + i', seen: ['67.06700670067', '6810.25'] },
  { type: 'money', common: '6906906.90', different: '(691000 + i)::money', seen: ['6,906,906.90', '691,0'] },
  {
    type: 'date',
    common: "'1987-06-05'",
    different: "date '1788-01-01' + i",
    seen: ['1987-06-05', '1788-0'],
  },
  {
    type: 'timestamptz',
    common: "'1986-05-04 03:02:01+00'",
    different: "timestamptz '1789-01-01' + i * interval '1 day'",
    seen: ['1986-05-04', '1789-0'],
  },
  {
    type: 'interval',
    common: "'17 days 04:33:22'",
    different: "i * interval '1 hour 11 minutes 13 seconds'",
    seen: ['04:33:22', ':11:13'],
  },
  {
    type: 'inet',
    common: "'203.0.113.77'",
    different: "inet '198.51.100.0' + i",
    seen: ['203.0.113.77', '198.51.100.'],
  },
  {
    type: 'macaddr',
    common: "'08:00:2b:01:02:03'",
    different: "('08:00:2c:00:01:' || lpad(to_hex(i % 200), 2, '0'))::macaddr",
    seen: ['08:00:2b:01:02:03', '08:00:2c:00:01:'],
  },
  {
    type: 'uuid',
    common: "'5ec2e700-0000-4000-8000-00000000beef'",
    different: "('41dde400-0000-4000-8000-' || lpad(i::text, 12, '0'))::uuid",
    seen: ['5ec2e700', '41dde400'],
  },
  {
    type: 'bytea',
    common: "'\\xdec0de5ec2e7'",
    different: "decode('feedface' || lpad(to_hex(i), 4, '0'), 'hex')",
    seen: ['dec0de5ec2e7', 'feedface'],
  },
  {
    type: 'varbit',
    common: "B'1100110011110000110011'",
    different: "i::bit(20)::varbit || B'111000111000'",
    seen: ['1100110011110000110011', '111000111000'],
  },
  {
    type: 'boxed',
    common: "ROW('secret-composite', 7)::boxed",
    different: "ROW('hidden-composite-' || i, i)::boxed",
    seen: ['secret-composite', 'hidden-composite-1'],
  },
  {
    type: 'email',
    common: "'secret@domain.example'",
    different: "'hidden-' || i || '@domain.example'",
    seen: ['secret@domain.example', 'hidden-1'],
  },
  {
    type: 'int4range',
    common: 'int4range(0, 700700700)',
    different: 'int4range(701000000 + i, 702000000 + i)',
    seen: ['700700700', '701000'],
  },
  {
    type: 'tstzrange',
    common: "tstzrange('1985-04-03', '1985-04-04')",
    different: "tstzrange(timestamptz '1790-01-01' + i * interval '1 day', timestamptz '1795-01-01')",
    seen: ['1985-04-03', '1790-0'],
  },
  {
    type: 'int4multirange',
    common: "'{[710710710,710710720)}'",
    different: 'int4multirange(int4range(711000000 + i, 712000000))',
    seen: ['710710710', '711000'],
  },
];

const columns = planted.flatMap(({ type }, index) => [
  `common_${index} ${type}`,
  `different_${index} ${type}`,
]);
const values = planted.flatMap(({ type, common, different }) => [
  `(${common})::${type}`,
  `(${different})::${type}`,
]);

/** A table of secrets, an index of an expression over one, and extended statistics. */
export const schema = `
  CREATE TYPE boxed AS (a text, b int);
  CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%');
  CREATE TABLE vault (id int PRIMARY KEY, note text, plain json, ${columns.join(', ')});
  INSERT INTO vault SELECT i, 'SECRET-EXPRESSION ' || i % 4, '{"secret": "secret-json"}', ${values.join(', ')}
    FROM generate_series(1, 200) i;
  CREATE INDEX vault_note ON vault (lower(note));
  CREATE STATISTICS vault_both (ndistinct, dependencies, mcv) ON note, common_0 FROM vault;
  CREATE MATERIALIZED VIEW vault_view AS SELECT id, 'secret-view ' || i AS seen FROM vault, generate_series(1, 2) i;
  CREATE TABLE vault_parts (at date, who text) PARTITION BY RANGE (at);
  CREATE TABLE vault_part PARTITION OF vault_parts FOR VALUES FROM ('2020-01-01') TO ('2030-01-01');
  INSERT INTO vault_parts SELECT '2024-01-01', 'secret-part ' || i % 2 FROM generate_series(1, 100) i;
  ANALYZE;`;

/** All that an export must not hold. Of ranges, pg_stats shows no values before version 17. */
export const secretsOf = (major: number): readonly string[] => [
  ...planted.flatMap(({ type, seen }) => (major < 17 && type.endsWith('range') ? [] : seen)),
  'secret-expression',
  'secret-view',
  'secret-part',
];

/** Statements of which pg_stat_statements keeps a text with a secret; since version 16 and 18 fewer of them. */
export const statements: readonly string[] = [
  "SET application_name = 'secret-set'",
  "DO $$ BEGIN PERFORM 'secret-do'; END $$",
  "CREATE TABLE made AS SELECT 'secret-ctas' AS x",
  "EXPLAIN SELECT 'secret-explain'",
  "COMMENT ON TABLE made IS 'secret-comment'",
  "SELECT count(*) /* secret-remark */ FROM made WHERE x = 'secret-query' -- secret-end",
];
