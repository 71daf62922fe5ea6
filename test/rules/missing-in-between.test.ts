import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runExample } from '../support/examples.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `
  CREATE TABLE orders (id bigint PRIMARY KEY, owner text NOT NULL, total int, CONSTRAINT positive CHECK (total > 0));
  ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
  CREATE POLICY own ON orders USING (owner = current_user);
  CREATE VIEW totals AS SELECT sum(total) AS total FROM orders;
  CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT 2 * $1';
  CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER recorded BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION record();
  CREATE TABLE events (id bigint NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');`;

describe.each(judgedVersions)('what is missing in between, on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function told(migrations: readonly string[], queries: string | null = null) {
    const change = Object.fromEntries(
      migrations.map((text, index) => [`migrations/000${index + 2}_change.sql`, text]),
    );
    const review = await runExample(server.sandbox, { base, config: '{}', change, queries });
    return review.insights
      .filter(({ rule }) => rule === 'migration/missing-in-between')
      .map(({ severity, evidence: { facts } }) =>
        [severity, facts['kind'], facts['object'], facts['table'], facts['until']].join(' '),
      );
  }

  test.each<[string, readonly string[], string]>([
    [
      'a constraint, back under another name',
      [
        'ALTER TABLE orders DROP CONSTRAINT positive;',
        'ALTER TABLE orders ADD CONSTRAINT more CHECK (total > 0) NOT VALID;',
      ],
      'medium constraint positive public.orders migrations/0003_change.sql:1',
    ],
    [
      'NOT NULL',
      ['ALTER TABLE orders ALTER owner DROP NOT NULL;', 'ALTER TABLE orders ALTER owner SET NOT NULL;'],
      'medium NOT NULL owner public.orders migrations/0003_change.sql:1',
    ],
    [
      'a policy',
      ['DROP POLICY own ON orders;', 'CREATE POLICY own ON orders USING (owner = session_user);'],
      'high policy own public.orders migrations/0003_change.sql:1',
    ],
    [
      'row security',
      ['ALTER TABLE orders DISABLE ROW LEVEL SECURITY;', 'ALTER TABLE orders ENABLE ROW LEVEL SECURITY;'],
      'high row security public.orders  migrations/0003_change.sql:1',
    ],
    [
      'a trigger that is switched off',
      [
        'ALTER TABLE orders DISABLE TRIGGER recorded;',
        'UPDATE orders SET total = 5;',
        'ALTER TABLE orders ENABLE TRIGGER recorded;',
      ],
      'high trigger recorded public.orders migrations/0004_change.sql:1',
    ],
    [
      'a view',
      [
        'DROP VIEW totals;',
        'CREATE VIEW totals AS SELECT sum(total) AS total, count(*) AS count FROM orders;',
      ],
      'high view public.totals  migrations/0003_change.sql:1',
    ],
    [
      'a function',
      [
        'DROP FUNCTION twice(int);',
        "CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $1';",
      ],
      'high function public.twice(integer)  migrations/0003_change.sql:1',
    ],
    [
      'a partition',
      [
        'ALTER TABLE events DETACH PARTITION events_1;',
        "ALTER TABLE events ATTACH PARTITION events_1 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');",
      ],
      'high partition public.events_1  migrations/0003_change.sql:1',
    ],
  ])('%s', async (_, change, finding) => {
    expect(await told(change)).toEqual([finding]);
  });

  test.each<[string, readonly string[]]>([
    [
      'what is put back in the same transaction',
      ['DROP VIEW totals; CREATE VIEW totals AS SELECT 1 AS total;'],
    ],
    ['what stays away', ['DROP VIEW totals;', 'CREATE VIEW others AS SELECT 1 AS total;']],
    [
      'what the change brings itself',
      ['CREATE VIEW more AS SELECT 1 AS a;', 'DROP VIEW more;', 'CREATE VIEW more AS SELECT 2 AS b;'],
    ],
    ['what goes with its table', ['DROP TABLE orders CASCADE;', 'CREATE TABLE orders (id bigint);']],
    [
      'what is replaced',
      [
        'CREATE OR REPLACE VIEW totals AS SELECT sum(total) + 1 AS total FROM orders;',
        'ALTER TABLE orders ADD note text;',
      ],
    ],
  ])('nothing: %s', async (_, change) => {
    expect(await told(change)).toEqual([]);
  });

  test('a captured query that fails for it says more', async () => {
    const change = [
      'DROP VIEW totals;',
      'CREATE VIEW totals AS SELECT sum(total) AS total FROM orders WHERE total > 1;',
    ];
    expect(await told(change, 'SELECT total FROM totals;')).toEqual([]);
  });
});
