import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.orders (id bigint PRIMARY KEY, status text NOT NULL, note varchar(40), total numeric(10,2));
  CREATE UNIQUE INDEX orders_status_note ON shop.orders (status, note);
  CREATE INDEX orders_note ON shop.orders (note);
  CREATE VIEW shop.open_orders AS SELECT id FROM shop.orders WHERE status = 'open';
  CREATE MATERIALIZED VIEW shop.totals AS SELECT status, sum(total) FROM shop.orders GROUP BY 1;
  CREATE TABLE shop.lines (id bigint PRIMARY KEY, order_id bigint REFERENCES shop.orders);
  CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, payload text) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE UNIQUE INDEX events_key ON events (id, day);
  CREATE TYPE mood AS ENUM ('happy', 'sad');
  CREATE TABLE people (id bigint PRIMARY KEY, mood mood, name text NOT NULL DEFAULT 'nobody');
`;

describe.each(judgedVersions)('what a change takes away, on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Insights of the rules about what is taken away, as `rule severity: sentence up to the usage`. */
  async function told(change: string, queries: string | null = null) {
    const review = await runExample(server.sandbox, {
      base,
      config: 'tables: { events: { rows: 1M }, shop.orders: { rows: 2M } }\n',
      change: { 'migrations/0002_change.sql': change },
      queries,
    });
    return review.insights
      .filter(isAboutLoss)
      .map(({ rule, severity, summary }) => `${rule} ${severity}: ${summary}`);
  }

  function isAboutLoss({ rule }: Insight): boolean {
    return /drops-|uniqueness-lost|narrowing-type|compatibility\/(?!breaks)|n-plus-one/.test(rule);
  }

  const none = 'there are no captured queries to tell who uses it';

  test.each<readonly [string, string, readonly string[]]>([
    [
      'a schema is renamed with all that is in it, once',
      'ALTER SCHEMA shop RENAME TO store',
      [
        `compatibility/renames medium: renames the schema \`shop\` to \`store\`, while the running version uses the old name; ${none}`,
      ],
    ],
    [
      'a table moves to another schema',
      'ALTER TABLE events SET SCHEMA shop',
      [
        `compatibility/renames medium: renames the partitioned table \`public.events\` to \`shop.events\`, while the running version uses the old name; ${none}`,
      ],
    ],
    [
      'an enum value is renamed',
      "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
      [
        `compatibility/renames medium: renames the enum value \`sad\` to \`blue\`, while the running version uses the old name; ${none}`,
      ],
    ],
    [
      'a table and its column are renamed, and found by the names that they had',
      'ALTER TABLE people RENAME TO persons; ALTER TABLE persons RENAME COLUMN name TO label',
      [
        `compatibility/renames medium: renames the column \`name\` to \`label\`, while the running version uses the old name; ${none}`,
        `compatibility/renames medium: renames the table \`public.people\` to \`public.persons\`, while the running version uses the old name; ${none}`,
      ],
    ],
    [
      'a table is replaced under its name',
      'ALTER TABLE people RENAME TO p; CREATE VIEW people AS SELECT * FROM p',
      [],
    ],
    [
      'a new table is renamed',
      'CREATE TABLE a (id int); ALTER TABLE a RENAME TO b; ALTER TABLE b DROP COLUMN id',
      [],
    ],
    [
      'a column of all partitions is dropped, once',
      'ALTER TABLE events DROP COLUMN payload',
      [
        `migration/drops-column medium: drops \`payload\` of \`public.events\` with its values in 1,000,000 rows, which only a backup brings back; ${none}`,
      ],
    ],
    [
      'a unique index of all partitions is dropped, once',
      'DROP INDEX events_key',
      [
        'migration/uniqueness-lost medium: drops `public.events_key`, and nothing else keeps `id, day` of `public.events` unique',
      ],
    ],
    [
      'fewer columns are unique instead',
      'CREATE UNIQUE INDEX o ON shop.orders (note); DROP INDEX shop.orders_status_note',
      [],
    ],
    [
      'a foreign key of another table goes with its primary key',
      'ALTER TABLE shop.orders DROP CONSTRAINT orders_pkey CASCADE',
      [
        'migration/uniqueness-lost high: drops `shop.orders_pkey`, and nothing else keeps `id` of `shop.orders` unique',
        'migration/drops-dependents medium: also drops an object that it does not name: constraint lines_order_id_fkey of shop.lines',
      ],
    ],
    [
      'what is about other columns too goes with a column, and what is about it alone is part of it',
      'ALTER TABLE shop.orders DROP COLUMN note',
      [
        'migration/drops-column medium: drops `note` of `shop.orders` with its values in 2,000,000 rows, which only a backup brings back; ' +
          none,
        'migration/drops-dependents medium: also drops an object that it does not name: unique index shop.orders_status_note of shop.orders',
      ],
    ],
    [
      'a view is made anew without the column',
      `DROP VIEW shop.open_orders; DROP MATERIALIZED VIEW shop.totals; ALTER TABLE shop.orders DROP COLUMN total;
       CREATE VIEW shop.open_orders AS SELECT id FROM shop.orders;
       CREATE MATERIALIZED VIEW shop.totals AS SELECT status, count(*) FROM shop.orders GROUP BY 1`,
      [
        `migration/drops-column medium: drops \`total\` of \`shop.orders\` with its values in 2,000,000 rows, which only a backup brings back; ${none}`,
      ],
    ],
    [
      'a schema is dropped with its tables and whatever else is in it',
      'DROP SCHEMA shop CASCADE',
      [
        'migration/drops-dependents high: also drops an object that it does not name: view shop.open_orders',
        `migration/drops-table high: drops the table \`shop.orders\` with 2,000,000 rows and with it shop.lines, shop.totals; ${none}`,
      ],
    ],
    [
      'code drops a table',
      "DO $$ BEGIN EXECUTE 'DROP TABLE shop.lines'; END $$",
      [`migration/drops-table high: drops the table \`shop.lines\` with 1,000,000 rows; ${none}`],
    ],
    [
      'an enum is made anew with fewer values',
      `ALTER TYPE mood RENAME TO old_mood; CREATE TYPE mood AS ENUM ('happy');
       ALTER TABLE people ALTER COLUMN mood TYPE mood USING mood::text::mood; DROP TYPE old_mood`,
      [
        'migration/narrowing-type medium: makes `mood` of `public.people` `mood (happy)` instead of `mood (happy, sad)`: it fails on sad, or changes them where USING casts them (1,000,000 rows at production)',
      ],
    ],
    ['a longer text is allowed', 'ALTER TABLE shop.orders ALTER COLUMN note TYPE varchar(80)', []],
    [
      'a default goes',
      'ALTER TABLE people ALTER COLUMN name DROP DEFAULT',
      [
        'compatibility/required-column medium: leaves `name` of `public.people` NOT NULL and without a default, which it was not before: an INSERT that leaves it out fails; no inserts were captured',
      ],
    ],
    [
      'a trigger fills a required column',
      `CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.name := 1; RETURN NEW; END';
       CREATE TRIGGER t BEFORE INSERT ON people FOR EACH ROW EXECUTE FUNCTION f();
       ALTER TABLE people ALTER COLUMN name DROP DEFAULT`,
      [
        'compatibility/required-column low: leaves `name` of `public.people` NOT NULL and without a default, which it was not before: an INSERT that leaves it out fails; no inserts were captured',
      ],
    ],
  ])('%s', async (_, change, expected) => {
    expect((await told(change)).toSorted()).toEqual(expected.toSorted());
  });

  test.each<readonly [string, string, string, string]>([
    [
      'ALTER TABLE people RENAME COLUMN name TO label',
      'SELECT p.name FROM people p',
      'high',
      'a captured query uses it',
    ],
    [
      'ALTER TABLE people RENAME COLUMN name TO label',
      'SELECT id FROM people',
      'medium',
      'none of the captured queries',
    ],
    [
      "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
      "SELECT 1 FROM people WHERE mood = 'sad'",
      'high',
      'a captured query',
    ],
    ['ALTER TABLE people DROP COLUMN mood', 'SELECT * FROM people', 'high', 'a captured query uses it'],
    [
      'ALTER TABLE people ALTER COLUMN name DROP NOT NULL',
      'SELECT id FROM shop.orders',
      'low',
      'none of the captured',
    ],
    [
      'ALTER TABLE people ALTER COLUMN name DROP DEFAULT',
      'INSERT INTO people (id, name) VALUES ($1, $2)',
      'low',
      'all',
    ],
    [
      'ALTER TABLE people ALTER COLUMN name DROP DEFAULT',
      'INSERT INTO people (id) VALUES ($1)',
      'high',
      'so do captured',
    ],
    [
      'ALTER TABLE people ALTER COLUMN name TYPE text COLLATE "C"',
      'SELECT id FROM people ORDER BY name',
      'medium',
      'a captured',
    ],
    [
      'ALTER TABLE people ALTER COLUMN name TYPE text COLLATE "C"',
      "SELECT id FROM people WHERE name = 'a'",
      'low',
      'none',
    ],
  ])('%s, with %s: %s', async (change, query, severity, usage) => {
    const [first] = await told(change, `-- name: asked\n${query};\n`);
    expect(first).toContain(` ${severity}: `);
    expect(first).toContain(usage);
  });
});
