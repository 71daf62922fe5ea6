import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { repeatChange } from '../../../src/migrations/trials/repetition.ts';
import type { Migration } from '../../../src/model/migration.ts';
import { seedPlausible, usualRows } from '../../../src/seed/plausible.ts';
import { comparedConstants } from '../../../src/sql/comparisons.ts';
import { migration } from '../../support/migration.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const base = `
  CREATE TABLE employees (id serial PRIMARY KEY, salary int, active boolean, raised_at timestamptz, name text UNIQUE);
  CREATE TABLE log (id serial PRIMARY KEY, message text);
  CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO log (message) VALUES ('changed'); RETURN NEW; END $$;
  CREATE TRIGGER log AFTER UPDATE ON employees FOR EACH ROW EXECUTE FUNCTION log();
  CREATE TABLE event (day date, amount int) PARTITION BY RANGE (day);
  CREATE TABLE event_2026 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function repeat(text: string, more: Partial<Migration> = {}) {
    const template = await server.database(base);
    await using session = await server.sandbox.connect(template, 'owner');
    await seedPlausible(session, { rows: usualRows, head: null, constants: comparedConstants(text) });
    await session[Symbol.asyncDispose]();
    const trial = { template, migrations: [migration(text, 1, more)] };
    const found = await repeatChange(server.sandbox, trial, {
      changesRows: true,
      canStopHalfway: () => true,
    });
    return found.map(({ statement, outcome }) => [
      statement.line,
      outcome.kind,
      outcome.kind === 'fails' ? outcome.error.sqlstate : `${outcome.table} ${outcome.rows}`,
    ]);
  }

  const raise = 'UPDATE employees SET salary = salary + salary * 10 / 100 WHERE salary < 10000';
  test.each<readonly [string, readonly unknown[]]>([
    [raise, [[1, 'changes rows again', 'public.employees 1']]],
    [
      `ALTER TABLE employees ADD bonus int;\n${raise};\nALTER TABLE employees DROP active`,
      [[2, 'changes rows again', 'public.employees 1']],
    ],
    [`DO $$ BEGIN ${raise}; END $$`, [[1, 'changes rows again', 'public.employees 1']]],
    ["INSERT INTO log (message) VALUES ('a'), ('b')", [[1, 'adds rows again', 'public.log 2']]],
    ['UPDATE event SET amount = amount + 1', [[1, 'changes rows again', 'public.event 3']]],
    [
      "SET search_path = nowhere;\nINSERT INTO public.log (message) VALUES ('a')",
      [[2, 'adds rows again', 'public.log 1']],
    ],
    ['UPDATE employees SET active = true', []],
    ['UPDATE employees SET active = true, raised_at = now() WHERE salary > 0', []],
    ["INSERT INTO employees (name) VALUES ('ann')", []],
    ["INSERT INTO log (message) SELECT 'a' WHERE NOT EXISTS (SELECT FROM log WHERE message = 'a')", []],
    [
      'ALTER TABLE employees ADD pay int; UPDATE employees SET pay = salary; ALTER TABLE employees DROP salary',
      [],
    ],
    ['DELETE FROM employees WHERE salary < 10000', []],
    ['UPDATE employees SET nothing = 1', []],
  ])('%s', async (text, expected) => expect(await repeat(text)).toEqual(expected));

  test.each<readonly [string, Partial<Migration>, readonly unknown[]]>([
    ['CREATE INDEX CONCURRENTLY i ON log (message)', {}, [[1, 'fails', '42P07']]],
    ['CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON log (message)', {}, []],
    ['CREATE TABLE a (id int); CREATE TABLE b (id int)', {}, []],
    [
      'CREATE TABLE a (id int);\nCREATE TABLE b (id int)',
      { wrapping: 'statements' },
      [[1, 'fails', '42P07']],
    ],
    ['CREATE TABLE a (id int)', { wrapping: 'statements' }, []],
    [
      'CREATE VIEW v AS SELECT 1 AS one',
      { kind: 'repeatable', wrapping: 'transaction' },
      [[1, 'fails', '42P07']],
    ],
    ['CREATE OR REPLACE VIEW v AS SELECT 1 AS one', { kind: 'repeatable', wrapping: 'transaction' }, []],
  ])('%s, %j', async (text, more, expected) => expect(await repeat(text, more)).toEqual(expected));
});
