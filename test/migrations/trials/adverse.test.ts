import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { tryAdverseRows } from '../../../src/migrations/trials/adverse.ts';
import { seedPlausible } from '../../../src/seed/plausible.ts';
import { comparedConstants } from '../../../src/sql/comparisons.ts';
import { migration } from '../../support/migration.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const base = `
  CREATE TYPE mood AS ENUM ('sad', 'happy');
  CREATE TABLE customers (id serial PRIMARY KEY, email text, born text, size text, mood text);
  CREATE TABLE orders (id bigserial PRIMARY KEY, customer_id int, status text NOT NULL, total numeric(12, 2), number bigint,
    code varchar(50), CHECK (total >= 0));
  CREATE UNIQUE INDEX ON orders (lower(code));
  CREATE TABLE "Odd name" (a int UNIQUE, "b c" text);
  CREATE TABLE measure (day date NOT NULL, value int) PARTITION BY RANGE (day);
  CREATE TABLE measure_2026 (day date NOT NULL, value int);
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function adverse(...texts: readonly string[]) {
    const template = await server.database(base);
    await server.sandbox.createDatabase(`${template}_head`, template);
    const migrations = texts.map((text, index) => migration(text, index + 1));
    {
      await using head = await server.sandbox.connect(`${template}_head`, 'owner');
      await head.script(texts.join(';')).catch(() => {});
      await using session = await server.sandbox.connect(template, 'owner');
      const constants = comparedConstants(texts.join(';'));
      expect(await seedPlausible(session, { rows: 3, head, constants })).toEqual([]);
    }
    const { failures, unchecked } = await tryAdverseRows(server.sandbox, { template, migrations });
    expect(unchecked).toEqual([]);
    return failures.map(({ statement, assumption, table, columns, preflight }) => {
      return [statement.line, assumption, table, columns.join(), preflight];
    });
  }

  test.each<readonly [string, readonly unknown[] | null]>([
    ['ALTER TABLE orders ADD COLUMN a int, ADD COLUMN b int NOT NULL DEFAULT 1', null],
    [
      'ALTER TABLE orders ALTER customer_id SET NOT NULL',
      [
        'no nulls',
        'public.orders',
        'customer_id',
        'SELECT * FROM "public"."orders" WHERE "customer_id" IS NULL',
      ],
    ],
    [
      'ALTER TABLE customers ADD UNIQUE (email)',
      [
        'no duplicates',
        'public.customers',
        'email',
        'SELECT email, count(*) FROM "public"."customers" WHERE email IS NOT NULL GROUP BY 1 HAVING count(*) > 1',
      ],
    ],
    [
      "CREATE UNIQUE INDEX ON customers (lower(email), born) WHERE size <> 'x'",
      [
        'no duplicates',
        'public.customers',
        'born',
        `SELECT lower(email), born, count(*) FROM "public"."customers" WHERE (size <> 'x'::text) AND lower(email) IS NOT NULL AND born IS NOT NULL GROUP BY 1, 2 HAVING count(*) > 1`,
      ],
    ],
    ['CREATE UNIQUE INDEX CONCURRENTLY ON orders (lower(code), id)', null],
    [
      'ALTER TABLE orders ADD CONSTRAINT c FOREIGN KEY (customer_id) REFERENCES customers',
      [
        'no orphans',
        'public.orders',
        'customer_id',
        'SELECT c.* FROM "public"."orders" AS c WHERE c."customer_id" IS NOT NULL AND NOT EXISTS (SELECT FROM "public"."customers" AS p WHERE p."id" = c."customer_id")',
      ],
    ],
    [
      "ALTER TABLE orders ADD CONSTRAINT c CHECK (status IN ('new', 'paid'))",
      [
        'check holds',
        'public.orders',
        'status',
        `SELECT * FROM "public"."orders" WHERE NOT ((status = ANY (ARRAY['new'::text, 'paid'::text])))`,
      ],
    ],
    [
      'ALTER TABLE orders ALTER code TYPE varchar(10)',
      ['fits type', 'public.orders', 'code', 'SELECT * FROM "orders" WHERE length("code"::text) > 10'],
    ],
    [
      'ALTER TABLE orders ALTER number TYPE int',
      [
        'fits type',
        'public.orders',
        'number',
        'SELECT * FROM "orders" WHERE "number" NOT BETWEEN -2147483648 AND 2147483647',
      ],
    ],
    [
      'ALTER TABLE public.orders ALTER total TYPE numeric(6, 2)',
      [
        'fits type',
        'public.orders',
        'total',
        'SELECT * FROM "public"."orders" WHERE abs(round("total"::numeric, 2)) >= 1e4',
      ],
    ],
    [
      'ALTER TABLE customers ALTER size TYPE int USING size::int',
      [
        'fits type',
        'public.customers',
        'size',
        major >= 16
          ? `SELECT * FROM "customers" WHERE NOT pg_input_is_valid("size"::text, 'integer')`
          : String.raw`SELECT * FROM "customers" WHERE "size" !~ E'^\\s*[-+]?\\d{1,9}\\s*$'`,
      ],
    ],
    [
      'ALTER TABLE customers ALTER mood TYPE mood USING mood::mood',
      [
        'fits type',
        'public.customers',
        'mood',
        `SELECT * FROM "customers" WHERE "mood"::text NOT IN ('sad', 'happy')`,
      ],
    ],
    [
      "ALTER TABLE measure ATTACH PARTITION measure_2026 FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
      [
        'check holds',
        'public.measure_2026',
        '',
        `SELECT * FROM "public"."measure_2026" WHERE (((day IS NOT NULL) AND (day >= '2026-01-01'::date) AND (day < '2027-01-01'::date))) IS NOT TRUE`,
      ],
    ],
    ['ALTER TABLE "Odd name" ALTER "b c" SET NOT NULL', null],
    ['UPDATE customers SET size = (size::int + 1)::text', ['fits type', null, '', null]],
    [
      "DO $$ BEGIN ASSERT NOT EXISTS (SELECT FROM customers WHERE email = ''); END $$",
      ['other', null, '', null],
    ],
    ['ALTER TABLE nowhere ADD a int', null],
    ['ALTER TABLE orders ADD a int NOT NULL', null],
  ])('%s', async (text, expected) => {
    expect(await adverse(text)).toEqual(expected === null ? [] : [[1, ...expected]]);
  });

  test('every failing statement is found, whatever fails before it', async () => {
    const found = await adverse(
      [
        'ALTER TABLE orders ALTER customer_id SET NOT NULL;',
        'ALTER TABLE orders ADD UNIQUE (number);',
        'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers;',
        'ALTER TABLE customers ALTER email SET NOT NULL; ALTER TABLE orders ALTER total SET NOT NULL;',
      ].join('\n'),
      'CREATE UNIQUE INDEX CONCURRENTLY ON customers (email)',
    );
    expect(found.map(([line, assumption, table]) => [line, assumption, table])).toEqual([
      [1, 'no nulls', 'public.orders'],
      [2, 'no duplicates', 'public.orders'],
      [3, 'no orphans', 'public.orders'],
      [4, 'no nulls', 'public.customers'],
      [4, 'no nulls', 'public.orders'],
      [1, 'no duplicates', 'public.customers'],
    ]);
  });
});
