import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runExample } from '../../support/examples.ts';
import { judgedVersions, TestServer } from '../../support/server.ts';

/** Changes of which one statement is behind the plan change, and others only stand around. */

const base = `
  CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL, name varchar(40), region int NOT NULL);
  CREATE UNIQUE INDEX customers_email ON customers (email);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, status text NOT NULL, code varchar(20) NOT NULL,
    placed date NOT NULL, total numeric
  );
  CREATE INDEX orders_customer ON orders (customer_id);
  CREATE INDEX orders_code ON orders (code);
  CREATE TABLE codes (code varchar(20) NOT NULL, label text COLLATE "C", note text, CONSTRAINT codes_code UNIQUE (code));
  CREATE INDEX codes_label ON codes (label);
  CREATE TABLE notes (id bigint PRIMARY KEY, owner bigint NOT NULL, body text);
  ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
  CREATE POLICY notes_open ON notes USING (EXISTS (SELECT FROM customers c WHERE c.region = notes.owner));
  CREATE TABLE secrets (id bigint PRIMARY KEY, owner bigint NOT NULL, body text);
  ALTER TABLE secrets ENABLE ROW LEVEL SECURITY;
  ALTER TABLE secrets FORCE ROW LEVEL SECURITY;
  CREATE POLICY secrets_open ON secrets USING (true);
  CREATE TABLE logs (day date NOT NULL, line text);
  CREATE TABLE logs_old (CONSTRAINT logs_old_day CHECK (day < '2025-01-01')) INHERITS (logs);
  CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;
  CREATE INDEX totals_customer ON totals (customer_id);
  CREATE INDEX orders_placed_total ON orders (placed, total);
  CREATE TABLE events (id bigint NOT NULL, day date NOT NULL, payload text) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE INDEX events_id ON events (id);
  CREATE VIEW recent AS SELECT id, code FROM orders WHERE code = 'a';
  CREATE FUNCTION is_open(status text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT status = 'open' $$;
  CREATE INDEX orders_open ON orders (status);
  CREATE TABLE archive (
    id bigint NOT NULL, day date NOT NULL, payload text, CHECK (day >= '2020-01-01' AND day < '2025-01-01')
  );
  CREATE TABLE lines (id bigint PRIMARY KEY, order_id bigint NOT NULL, code text NOT NULL);
  CREATE INDEX lines_code ON lines (code);
`;

const config = `tables:
  customers: { rows: 1M }
  orders: { rows: 10M, columns: { status: { distinct: 1000 }, code: { distinct: 1M }, placed: { distinct: 3000 } } }
  codes: { rows: 100k }
  events_1: { rows: 10M }
  events_2: { rows: 10M }
  notes: { rows: 3M }
  secrets: { rows: 3M }
  logs: { rows: 1M }
  logs_old: { rows: 30M }
  totals: { rows: 1M }
  archive: { rows: 5M }
  lines: { rows: 20M, columns: { code: { distinct: 2M } } }
`;

const noise = ['CREATE TABLE other (id bigint PRIMARY KEY);', 'ALTER TABLE customers ADD COLUMN note text;'];

interface Case {
  readonly name: string;
  readonly query: string;
  /** The statement that is behind it. */
  readonly cause: string;
  /** What has to run before it. */
  readonly prepare?: readonly string[];
  readonly after?: readonly string[];
}

const cases: readonly Case[] = [
  {
    name: 'an index that was dropped',
    query: 'SELECT id FROM orders WHERE customer_id = 5',
    cause: 'DROP INDEX orders_customer;',
  },
  {
    name: 'an index that was dropped from a partitioned table',
    query: 'SELECT payload FROM events WHERE id = 5',
    cause: 'DROP INDEX events_id;',
  },
  {
    name: 'an index that was dropped with one of its columns',
    query: "SELECT id FROM orders WHERE placed = '2026-01-01'",
    cause: 'ALTER TABLE orders DROP COLUMN total CASCADE;',
  },
  {
    name: 'an index that gave way to a narrower one',
    query: "SELECT id FROM orders WHERE code = 'a'",
    cause: 'DROP INDEX orders_code;',
    after: ["CREATE INDEX orders_code_open ON orders (code) WHERE status = 'open';"],
  },
  {
    name: 'a materialised view that was built anew without its index',
    query: 'SELECT total FROM totals WHERE customer_id = 5',
    cause: 'DROP MATERIALIZED VIEW totals;',
    after: [
      'CREATE MATERIALIZED VIEW totals AS SELECT customer_id, sum(total) AS total FROM orders GROUP BY 1;',
    ],
  },
  {
    name: 'a check that let a child be left out',
    query: "SELECT count(*) FROM logs WHERE day = '2026-01-01'",
    cause: 'ALTER TABLE logs_old DROP CONSTRAINT logs_old_day;',
  },
  {
    name: 'a constraint whose index went with it',
    query: "SELECT label FROM codes WHERE code = 'x'",
    cause: 'ALTER TABLE codes DROP CONSTRAINT codes_code;',
  },
  {
    name: 'a constraint that let a join be removed',
    query: 'SELECT o.id, o.status FROM orders o LEFT JOIN codes c ON c.code = o.code',
    cause: 'ALTER TABLE codes DROP CONSTRAINT codes_code;',
  },
  {
    name: 'a column that no longer has the type that it is joined with',
    query: "SELECT o.placed FROM lines l JOIN orders o ON o.id = l.order_id WHERE l.code = 'a'",
    cause: 'ALTER TABLE lines ALTER COLUMN order_id TYPE double precision;',
  },
  {
    name: 'a column with another collation than the query sorts by',
    query: 'SELECT code FROM codes ORDER BY label COLLATE "C" LIMIT 5',
    cause: 'ALTER TABLE codes ALTER COLUMN label TYPE text COLLATE "POSIX";',
  },
  {
    name: 'columns that make every row wider',
    query: 'SELECT count(*) FROM customers',
    cause: 'ALTER TABLE customers ADD COLUMN profile char(900);',
  },
  {
    name: 'a view that asks for something else',
    query: 'SELECT id FROM recent',
    cause: "CREATE OR REPLACE VIEW recent AS SELECT id, code FROM orders WHERE lower(code) = 'a';",
  },
  {
    name: 'a function that is no longer inlined',
    query: 'SELECT id FROM orders WHERE is_open(status)',
    cause:
      "CREATE OR REPLACE FUNCTION is_open(status text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN status = 'open'; END $$;",
  },
  {
    name: 'row security that holds for the owner too',
    query: 'SELECT count(*) FROM notes',
    cause: 'ALTER TABLE notes FORCE ROW LEVEL SECURITY;',
  },
  {
    name: 'a policy',
    query: 'SELECT count(*) FROM secrets',
    cause:
      'CREATE POLICY secrets_own ON secrets AS RESTRICTIVE USING (EXISTS (SELECT FROM customers c WHERE c.region = secrets.owner));',
  },
  {
    name: 'a partition that has to be read as well',
    query: 'SELECT count(*) FROM events',
    cause: "ALTER TABLE events ATTACH PARTITION archive FOR VALUES FROM ('2020-01-01') TO ('2025-01-01');",
  },
  {
    name: 'workers that are no longer allowed',
    query: 'SELECT max(status || code) FROM orders',
    cause: 'ALTER TABLE orders SET (parallel_workers = 0);',
  },
];

describe.each(judgedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function reviewOf({ query, cause, prepare = [], after = [] }: Case) {
    const change = [...noise, ...prepare, cause, ...after];
    const review = await runExample(server.sandbox, {
      base,
      config,
      change: { 'migrations/0002_change.sql': change.join('\n') },
      queries: `-- name: q\n${query};`,
    });
    const [found] = review.queries;
    return { query: found, line: change.indexOf(cause) + 1 };
  }

  test.each(cases.map((each) => [each.name, each] as const))('%s', async (_, each) => {
    const { query, line } = await reviewOf(each);
    expect(query?.difference?.cause).toMatchObject({ file: 'migrations/0002_change.sql', line });
  });

  test('what the change does not touch has no cause', async () => {
    const { query } = await reviewOf({
      name: '',
      query: 'SELECT id FROM orders WHERE customer_id = 5',
      cause: 'DROP INDEX orders_code;',
    });
    expect(query).toMatchObject({ difference: null, base: { plan: null } });
  });
});
