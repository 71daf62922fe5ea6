import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import { differences } from '../../src/migrations/schema/differences.ts';
import { readSchema } from '../../src/migrations/schema/read.ts';
import { noAdvice } from '../../src/model/advice.ts';
import type { Session } from '../../src/model/server.ts';
import type { ChangeFacts } from '../../src/rules/facts-source.ts';
import { type ExaminedState, gatherFacts } from '../../src/rules/gather.ts';
import { rules } from '../../src/rules/index.ts';
import { type Judgement, judge } from '../../src/rules/judge.ts';
import { noResults } from '../../src/rules/result-facts.ts';
import { activeRules } from '../../src/rules/rule.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { sizedTables } from '../../src/statistics/tables.ts';
import { unknownEarlier } from '../../src/workload/earlier.ts';
import { migrationOf, statement } from '../estimates/observed.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const base = `
  CREATE TABLE parent (id bigint PRIMARY KEY, small smallint UNIQUE, label text UNIQUE);
  CREATE TABLE big (id bigint PRIMARY KEY, a int NOT NULL DEFAULT 1, b text, "C" int, data jsonb, parent_id bigint);
  CREATE INDEX big_a_b ON big (a, b);
  CREATE TABLE keyless (a int);
  CREATE TABLE numbered (id serial PRIMARY KEY);
  CREATE TABLE little (id smallserial PRIMARY KEY);
  CREATE TABLE parts (id int NOT NULL) PARTITION BY RANGE (id);
  CREATE TABLE part1 PARTITION OF parts FOR VALUES FROM (1) TO (10);
  CREATE TYPE mood AS ENUM ('sad', 'happy');
  CREATE TABLE felt (id bigint PRIMARY KEY, mood mood);
  CREATE FUNCTION fixed(int) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 > 0';
  CREATE FUNCTION moving(int) RETURNS boolean LANGUAGE sql AS 'SELECT $1 > 0';
  CREATE TABLE guarded (id bigint PRIMARY KEY, owner text);
  CREATE POLICY guarded_all ON guarded USING (owner = current_user);
  ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
  GRANT SELECT, DELETE ON guarded TO pg_monitor;
`;

const columns = {};
const declared = {
  big: { rows: 20_000_000, width: null, columns },
  parent: { rows: 10_000, width: null, columns },
  numbered: { rows: 300_000_000, width: null, columns },
};

const switches = {
  'schema/foreign-key-action': 'on',
  'schema/index-type': 'on',
  'schema/column-type': 'on',
} as const;

type Case = readonly [sql: string, introduced: readonly string[], from?: number];

const onBig = 'CREATE INDEX i ON big';
const references = 'ALTER TABLE big ADD CONSTRAINT k FOREIGN KEY (parent_id) REFERENCES parent';
const typeMismatch = (type: string, to: string) =>
  `CREATE TABLE child (id bigint PRIMARY KEY, p ${type} REFERENCES parent${to}); CREATE INDEX ON child (p)`;
const definer = `FUNCTION f() RETURNS int SECURITY DEFINER LANGUAGE sql`;
const partitioned = 'CREATE TABLE p (id int PRIMARY KEY) PARTITION BY';

const cases: readonly Case[] = [
  // One index for another.
  [`${onBig} (a, b)`, ['medium schema/duplicate-index public.i']],
  [`${onBig} (a)`, ['low schema/duplicate-index public.i']],
  [`${onBig} (a, b, parent_id)`, ['low schema/duplicate-index public.big_a_b']],
  [`${onBig} (a DESC, b)`, []],
  [`${onBig} (a, b text_pattern_ops)`, []],
  [`${onBig} (a, b COLLATE "C")`, []],
  [`${onBig} (a, b) WHERE a > 0`, []],
  [`${onBig} (b, a)`, []],
  [
    `CREATE UNIQUE INDEX i ON keyless (a); CREATE INDEX j ON keyless (a)`,
    ['medium schema/duplicate-index public.j'],
  ],
  [`CREATE UNIQUE INDEX i ON big (b); CREATE UNIQUE INDEX j ON big (b, a)`, []],
  [
    `ALTER TABLE keyless ADD UNIQUE (a); CREATE INDEX j ON keyless (a)`,
    ['medium schema/duplicate-index public.j'],
  ],
  [`DROP INDEX big_a_b; CREATE INDEX big_a_b ON big (a, b)`, []],
  [`${onBig} (a, parent_id, "C", b)`, ['low schema/too-many-indexes public.i']],
  [`${onBig} USING gin (data)`, ['low schema/index-type public.i']],
  [`${onBig} USING gin (data jsonb_path_ops)`, []],

  // Foreign keys.
  [
    `${references} NOT VALID`,
    ['high schema/foreign-key-without-index public.big', 'low schema/constraint-not-valid public.big'],
  ],
  [`${onBig} (parent_id) WHERE parent_id IS NOT NULL; ${references}`, []],
  [
    'CREATE INDEX i ON big ("C") WHERE "C" IS NOT NULL; ALTER TABLE big ADD FOREIGN KEY ("C") REFERENCES numbered',
    [],
  ],
  [`${onBig} (parent_id) WHERE a > 0; ${references}`, ['high schema/foreign-key-without-index public.big']],
  [`${onBig} (a, parent_id); ${references}`, ['high schema/foreign-key-without-index public.big']],
  [`${onBig} (parent_id); ${references} ON DELETE CASCADE`, ['low schema/foreign-key-action public.big']],
  [
    `${onBig} (a); ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES parent (small) ON DELETE SET NULL`,
    [
      'high schema/set-null-on-not-null public.big',
      'low schema/duplicate-index public.i',
      'low schema/foreign-key-type public.big',
    ],
  ],
  [
    `ALTER TABLE big ALTER a DROP DEFAULT; ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES parent (small) ON UPDATE SET DEFAULT`,
    ['high schema/set-null-on-not-null public.big', 'low schema/foreign-key-type public.big'],
  ],
  [
    `ALTER TABLE big ADD FOREIGN KEY (a) REFERENCES parent (small) ON UPDATE SET DEFAULT`,
    ['low schema/foreign-key-type public.big'],
  ],
  [
    `CREATE TABLE child (a bigint NOT NULL, b text, PRIMARY KEY (a, b)); ALTER TABLE parent ADD UNIQUE (id, label);
    ALTER TABLE child ADD FOREIGN KEY (a, b) REFERENCES parent (id, label) ON DELETE SET NULL (b)`,
    ['high schema/set-null-on-not-null public.child'],
    15,
  ],
  [typeMismatch('int', ''), ['medium schema/foreign-key-type public.child']],
  [typeMismatch('bigint', ' (small)'), ['low schema/foreign-key-type public.child']],
  [typeMismatch('varchar(9)', ' (label)'), ['low schema/column-type public.child']],

  // Constraints, triggers, row security.
  ['ALTER TABLE big ADD CHECK (fixed(a))', []],
  ['ALTER TABLE big ADD CHECK (moving(a))', ['low schema/volatile-check public.big']],
  ['ALTER TABLE felt ADD at date CHECK (at < CURRENT_DATE)', ['medium schema/volatile-check public.felt']],
  ['ALTER TABLE big ADD CHECK (a > 0) NOT ENFORCED', ['low schema/volatile-check public.big'], 18],
  [
    'ALTER TABLE felt ADD CONSTRAINT n NOT NULL mood NOT VALID',
    ['low schema/constraint-not-valid public.felt'],
    18,
  ],
  ['ALTER TABLE big ADD CONSTRAINT v CHECK (a > 0) NOT VALID; ALTER TABLE big VALIDATE CONSTRAINT v', []],
  ['DROP POLICY guarded_all ON guarded', ['medium schema/row-security-without-policy public.guarded']],
  [
    'CREATE TABLE t (id int PRIMARY KEY); ALTER TABLE t ENABLE ROW LEVEL SECURITY',
    ['medium schema/row-security-without-policy public.t'],
  ],
  [
    'CREATE RULE r AS ON DELETE TO big DO INSTEAD NOTHING; ALTER TABLE big DISABLE RULE r',
    ['medium schema/trigger-disabled public.big'],
  ],

  // Keys.
  ['CREATE TABLE t (id int NOT NULL UNIQUE)', ['low schema/primary-key public.t']],
  ['CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY)', ['low schema/primary-key public.t']],
  ['CREATE TABLE t (id int PRIMARY KEY)', []],
  [
    'CREATE TABLE t ("Id" smallint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)',
    ['low schema/primary-key public.t'],
  ],
  [
    'CREATE TABLE t ("Id" uuid NOT NULL); CREATE UNIQUE INDEX ON t ("Id")',
    ['low schema/primary-key public.t'],
  ],
  ['CREATE TABLE t ("Id" uuid); CREATE UNIQUE INDEX ON t ("Id")', ['medium schema/primary-key public.t']],
  ['CREATE TABLE t PARTITION OF parts FOR VALUES FROM (10) TO (20)', []],
  ['ALTER TABLE keyless RENAME TO unidentified', []],
  ['ALTER TABLE big DROP CONSTRAINT big_pkey', ['medium schema/primary-key public.big']],
  [
    'CREATE PUBLICATION everything FOR ALL TABLES',
    ['high schema/replica-identity public.keyless', 'high schema/replica-identity public.parts'],
  ],
  [`CREATE PUBLICATION new_rows FOR ALL TABLES WITH (publish = 'insert')`, []],
  [
    'CREATE PUBLICATION app FOR TABLES IN SCHEMA public',
    ['high schema/replica-identity public.keyless', 'high schema/replica-identity public.parts'],
    15,
  ],
  ['CREATE PUBLICATION one FOR TABLE big; ALTER TABLE keyless REPLICA IDENTITY NOTHING', []],
  ['CREATE PUBLICATION one FOR TABLE keyless; ALTER TABLE keyless REPLICA IDENTITY FULL', []],
  [
    'CREATE UNIQUE INDEX i ON big (a); ALTER TABLE big REPLICA IDENTITY USING INDEX i; DROP INDEX i',
    ['high schema/replica-identity public.big'],
  ],

  // Partitions.
  [`${partitioned} RANGE (id)`, ['medium schema/partitioning public.p']],
  [`${partitioned} RANGE (id); CREATE TABLE d PARTITION OF p DEFAULT`, ['low schema/partitioning public.p']],
  [`${partitioned} LIST (id); CREATE TABLE d PARTITION OF p FOR VALUES IN (1)`, []],
  ['DROP TABLE part1', ['medium schema/partitioning public.parts']],

  // Types, privileges, options.
  [`CREATE TYPE colour AS ENUM ('red')`, ['low schema/enum-change public.colour']],
  [`ALTER TYPE mood ADD VALUE 'bored' BEFORE 'sad'`, []],
  [`ALTER TYPE mood RENAME VALUE 'sad' TO 'glum'`, []],
  [
    `ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('happy');
    ALTER TABLE felt ALTER mood TYPE mood USING mood::text::mood; DROP TYPE mood_old`,
    ['high schema/enum-change public.mood'],
  ],
  [
    'ALTER TABLE felt ADD price money, ADD at timestamp(0), ADD code char(3), ADD n serial',
    [
      'low schema/column-type public.felt',
      'low schema/column-type public.felt',
      'low schema/column-type public.felt',
      'low schema/column-type public.felt',
    ],
  ],
  ['ALTER TABLE felt ADD j json[]', ['low schema/json-column public.felt']],
  [`CREATE ${definer} AS 'SELECT 1'`, ['high schema/privileges public.f()']],
  [`CREATE ${definer} SET search_path = '' AS 'SELECT 1'`, []],
  [`CREATE ${definer} AS 'SELECT 1'; ALTER FUNCTION f() SET search_path = pg_catalog, pg_temp`, []],
  ['GRANT SELECT ON big TO PUBLIC', ['medium schema/privileges public.big']],
  ['GRANT UPDATE (b) ON big TO PUBLIC', ['high schema/privileges public.big']],
  ['GRANT SELECT, DELETE ON big TO pg_monitor; REVOKE DELETE ON big FROM pg_monitor', []],
  [
    'ALTER TABLE keyless SET (autovacuum_enabled = fals)',
    ['medium schema/autovacuum-disabled public.keyless'],
  ],
  ['ALTER TABLE keyless SET (autovacuum_enabled = true)', []],
];

const nothing = { low: 0, high: 0 };

/** What is known of a change of which only the schema counts. */
const change: Omit<ChangeFacts, 'differences'> = {
  change: {
    comparison: { kind: 'named', files: [] },
    base: [],
    added: [],
    touched: [],
    remarks: [],
    changedLines: new Map(),
  },
  deploy: {
    throughput: {
      read: nothing,
      write: nothing,
      indexRows: nothing,
      changedRows: nothing,
      roundTrip: nothing,
      commit: nothing,
    },
    pool: null,
    capturedSeconds: null,
    productionCalls: new Map(),
    statements: [],
    spans: [],
    tables: [],
    seconds: nothing,
  },
  trials: { adverse: [], reversals: [], repetitions: [] },
};

const active = activeRules(rules, switches).filter(({ id }) => id.startsWith('schema/'));

async function stateOf(session: Session): Promise<ExaminedState> {
  const [schema, catalogue] = await Promise.all([readSchema(session), readCatalogue(session)]);
  return {
    schema,
    examination: { planned: new Map(), refused: new Map(), refusedValues: new Map(), stopped: new Map() },
    tables: sizedTables(catalogue, productionSizes(catalogue, declared, 1_000_000)),
    activity: null,
    workMemory: 0,
    hashMemory: 0,
  };
}

describe.each(testedVersions)('flaws of a schema on PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  let before: ExaminedState;
  beforeAll(async () => {
    server = await TestServer.start(major);
    session = await server.session(base, 'superuser');
    before = await stateOf(session);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function judgementsAfter(sql: string): Promise<readonly Judgement[]> {
    await session.script('BEGIN');
    await session.script(sql);
    const after = await stateOf(session);
    await session.script('ROLLBACK');
    const found = differences(before.schema, after.schema);
    const { head, base: atBase } = gatherFacts(
      {
        server: server.sandbox.version,
        sizing: 'files',
        executed: [],
        change: { ...change, differences: found },
        base: before,
        head: after,
        migrations: [migrationOf('1.sql', [statement({ sql, differences: found })])],
        queries: [],
        results: noResults,
        steps: [],
        traces: [],
        migrationTraces: [],
        earlier: unknownEarlier,
        advice: noAdvice,
      },
      {},
    );
    return judge(active, head, atBase, () => false);
  }

  function inShort({ rule, finding: { severity, subject } }: Judgement): string {
    return `${severity} ${rule.id} ${subject.name}`;
  }

  test.each(cases.filter(([, , from = 0]) => major >= from))('%s', async (sql, expected) => {
    const introduced = (await judgementsAfter(sql)).filter(({ origin }) => origin === 'introduced');
    expect(introduced.map(inShort).toSorted()).toEqual(expected);
    expect(introduced.filter(({ finding }) => finding.location === null)).toEqual([]);
  });

  test('what was there before is told with it, and stands nowhere', async () => {
    const found = await judgementsAfter('SELECT 1');
    expect(found.filter(({ origin }) => origin === 'introduced')).toEqual([]);
    expect(found.filter(({ finding }) => finding.location !== null)).toEqual([]);
    expect(found.map(inShort).toSorted()).toEqual([
      'high schema/primary-key public.numbered',
      'low schema/column-type public.little',
      'low schema/column-type public.numbered',
      'low schema/primary-key public.little',
      'medium schema/primary-key public.keyless',
      'medium schema/primary-key public.parts',
    ]);
  });
});
