import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Review } from '../../src/model/review.ts';
import { CommandLine } from '../support/command-line.ts';
import {
  insightOf as insight,
  reviewScenario,
  rulesOf as rules,
  type Scenario,
} from '../support/scenario.ts';

/** Failures that people have told of: given this change, the review says this. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-test');
});

function review(scenario: Scenario): Promise<Review> {
  return reviewScenario(commandLine, scenario);
}

const users = {
  base: 'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL);',
  config: 'tables:\n  users: { rows: 10M }\npool: 50\ncapture: { duration: 60s }\n',
  queries: JSON.stringify({
    sql: 'SELECT id FROM users WHERE id = $1',
    params: [1],
    calls: 6_000,
    route: 'POST /login',
  }),
};

describe('scenario 6: a column with a default on ten million users', () => {
  test('a constant is healthy', async () => {
    const result = await review({ ...users, change: ['ALTER TABLE users ADD active boolean DEFAULT true;'] });
    expect(
      rules(result).filter(
        (rule) => rule.startsWith('migration/') && rule !== 'migration/missing-lock-timeout',
      ),
    ).toEqual([]);
    expect(result.migrations[0]?.statements[0]?.rewrites).toEqual([]);
  });

  test('a new uuid for each row is a rewrite, with how long logins wait and a way around it', async () => {
    const result = await review({
      ...users,
      change: ['ALTER TABLE users ADD reference uuid NOT NULL DEFAULT gen_random_uuid();'],
    });
    const rewrite = insight(result, 'migration/table-rewrite');
    expect(rewrite.severity).toBe('critical');
    const [span] = result.deploy.locks;
    expect(span).toMatchObject({ relation: 'public.users', mode: 'AccessExclusiveLock' });
    expect(span?.waiting.map(({ name }) => name)).toEqual(['POST /login']);
    expect(span?.poolExhaustedAfter).toBeCloseTo(0.5);
    const remedy = rewrite.remediation.find(({ kind }) => kind === 'migration');
    expect(remedy?.verified).toBe(true);
    expect(remedy?.text).toMatch(/SET DEFAULT gen_random_uuid\(\)/);
    expect(remedy?.text).toMatch(/VALIDATE CONSTRAINT/);
  });
});

test('scenario 7: a schema change and a backfill of all rows in one transaction', async () => {
  const result = await review({
    ...users,
    change: ['ALTER TABLE users ADD active boolean;\nUPDATE users SET active = true;'],
  });
  expect(rules(result)).toEqual(
    expect.arrayContaining(['migration/backfill-under-lock', 'migration/unbatched-backfill']),
  );
  const remedy = insight(result, 'migration/backfill-under-lock').remediation.find(
    ({ kind }) => kind === 'migration',
  );
  expect(remedy?.verified).toBe(true);
  expect(remedy?.text).toMatch(/COMMIT;/);
});

describe('scenario 8: an index on a large table', () => {
  test('built in the way of writers, with the same built concurrently', async () => {
    const result = await review({ ...users, change: ['CREATE INDEX users_email_idx ON users (email);'] });
    const build = insight(result, 'migration/blocking-index-build');
    const remedy = build.remediation.find(({ kind }) => kind === 'migration');
    expect(remedy).toMatchObject({ verified: true });
    expect(remedy?.text).toMatch(/CREATE INDEX CONCURRENTLY users_email_idx ON/);
  });

  test('built concurrently within the transaction of the tool', async () => {
    const result = await review({
      ...users,
      change: ['BEGIN;\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);\nCOMMIT;'],
    });
    expect(rules(result)).toContain('migration/not-in-transaction');
    expect(rules(result)).not.toContain('migration/migration-fails');
  });
});

test('scenario 9: an index is dropped before its successor is built', async () => {
  const result = await review({
    base: `CREATE TABLE audits (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        auditable_type text NOT NULL, auditable_id bigint NOT NULL, version int NOT NULL);
      CREATE INDEX audits_auditable_idx ON audits (auditable_type, auditable_id, version);`,
    change: [
      'DROP INDEX audits_auditable_idx;',
      'CREATE INDEX CONCURRENTLY audits_subject_idx ON audits (auditable_id, auditable_type, version);',
    ],
    config: `tables:
  audits: { rows: 50M, columns: { auditable_type: { distinct: 12 }, auditable_id: { distinct: 8M } } }
pool: 50
capture: { duration: 60s }
`,
    // Every audited write first reads the latest version.
    queries: [
      {
        sql: 'SELECT max(version) FROM audits WHERE auditable_id = $1 AND auditable_type = $2',
        params: [1, 'Order'],
        calls: 3_000,
        route: 'PUT /orders',
      },
      {
        sql: 'SELECT version FROM audits WHERE auditable_id = $1 AND auditable_type = $2 ORDER BY version DESC',
        params: [1, 'Order'],
        calls: 600,
        route: 'GET /orders/:id/history',
      },
    ]
      .map((query) => JSON.stringify(query))
      .join('\n'),
  });
  expect(insight(result, 'migration/blocking-index-drop').location).toMatchObject({ line: 1 });
  expect(result.migrations.flatMap(({ statements }) => statements.map(({ locks }) => locks))).toEqual([
    [{ relation: 'public.audits', mode: 'AccessExclusiveLock' }],
    [{ relation: 'public.audits', mode: 'ShareUpdateExclusiveLock' }],
  ]);

  const gap = insight(result, 'migration/plan-gap');
  expect(gap).toMatchObject({
    severity: 'critical',
    location: { file: 'migrations/0002_change.sql', line: 1 },
    evidence: { facts: { others: 1, callsPerSecond: 60, pool: 50, successor: 'public.audits_subject_idx' } },
  });
  const { before, during, after, connectionsLow } = gap.evidence.facts;
  expect(before).toBeLessThan(20);
  expect(during).toBeGreaterThan(200_000);
  expect(after).toBeLessThan(20);
  // Even at the most that is assumed of the disks, the pool is exhausted.
  expect(connectionsLow).toBeGreaterThan(50);

  // Create first, drop after: run, and planned again at each of its steps.
  const [remedy] = gap.remediation;
  expect(remedy).toMatchObject({
    title: 'Create the new index before the old one is dropped',
    verified: true,
    migration: {
      replaces: 'migrations/0002_change.sql',
      alsoReplaces: ['migrations/0003_change.sql'],
      files: [
        { text: expect.stringContaining('CREATE INDEX CONCURRENTLY audits_subject_idx') },
        { text: expect.stringContaining('DROP INDEX CONCURRENTLY public.audits_auditable_idx') },
      ],
    },
  });
  expect(remedy?.effect?.before).toBe(during);
  expect(remedy?.effect?.after).toBeLessThan(20);
});

describe('scenario 12: the type of a column changes', () => {
  const orders = {
    base: 'CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code varchar(20), amount int);',
    config: 'tables:\n  orders: { rows: 20M }\n',
    queries: JSON.stringify({ sql: 'SELECT code, amount FROM orders WHERE id = $1', params: [1] }),
  };

  test('wider, without a rewrite', async () => {
    const result = await review({ ...orders, change: ['ALTER TABLE orders ALTER code TYPE varchar(40);'] });
    expect(rules(result)).not.toContain('migration/table-rewrite');
  });

  test('another one, with a rewrite, and what the driver will return', async () => {
    const result = await review({ ...orders, change: ['ALTER TABLE orders ALTER amount TYPE bigint;'] });
    expect(rules(result)).toContain('migration/table-rewrite');
    expect(insight(result, 'compatibility/type-changed').evidence.facts).toMatchObject({
      before: 'integer',
      after: 'bigint',
    });
  });
});

test('scenario 13: the collation of a column changes', async () => {
  const result = await review({
    base: `CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
      CREATE INDEX people_name_idx ON people (name);`,
    change: ['ALTER TABLE people ALTER name TYPE text COLLATE "C";'],
    config: 'tables:\n  people: { rows: 20M }\n',
    queries: JSON.stringify({ sql: 'SELECT id FROM people ORDER BY name LIMIT 20' }),
  });
  const collation = insight(result, 'compatibility/collation-changed');
  expect(collation.evidence.facts).toMatchObject({ table: 'public.people' });
  expect(result.migrations[0]?.statements[0]?.indexesBuilt).toEqual(['public.people_name_idx']);
});

test('scenario 16: a data migration that saves each row again', async () => {
  const saves = Array.from(
    { length: 60 },
    (_, id) => `UPDATE users SET email = 'user-${id}' WHERE id = ${id};`,
  );
  const result = await review({ ...users, change: [saves.join('\n')] });
  const writes = insight(result, 'trace/n-plus-one-writes');
  expect(writes.severity).not.toBe('low');
});

test('scenario 17: hours in production, milliseconds on a laptop', async () => {
  const change = ['ALTER TABLE events ALTER id TYPE bigint;'];
  const base = 'CREATE TABLE events (id int PRIMARY KEY, payload jsonb NOT NULL);';
  const at = async (rows: string) =>
    review({ base, change, config: `tables:\n  events: { rows: ${rows}, width: 500 }\n` });
  const [large, small] = [await at('2000M'), await at('20')];
  const [low, high] = large.migrations[0]?.statements[0]?.estimate?.seconds ?? [0, 0];
  expect(low).toBeGreaterThan(3_600);
  expect(high).toBeGreaterThan(low);
  expect(large.deploy.tables).toMatchObject([{ relation: 'public.events' }]);
  expect(insight(large, 'migration/table-rewrite').severity).toBe('critical');
  expect(insight(small, 'migration/table-rewrite').severity).toBe('low');
});

test('scenario 18: a migration that changes rows again when it is run again', async () => {
  const result = await review({
    base: 'CREATE TABLE employees (id int PRIMARY KEY, salary numeric(10, 2) NOT NULL);',
    change: ['UPDATE employees SET salary = salary + salary * 10 / 100 WHERE salary < 10000;'],
    config: 'tables:\n  employees: { rows: 5000 }\n',
  });
  expect(rules(result)).toContain('migration/not-rerunnable');
});
