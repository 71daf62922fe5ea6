import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Session } from '../../src/model/server.ts';
import { type SeedOptions, seedPlausible, usualRows } from '../../src/seed/plausible.ts';
import { comparedConstants } from '../../src/sql/comparisons.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { columnTypes, nasty, unfillable } from './nasty.ts';

const usual: SeedOptions = { rows: usualRows, head: null, constants: [] };

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function seeded(script: string, options: Partial<SeedOptions> = {}) {
    const database = await server.database(script);
    await using session = await server.sandbox.connect(database, 'owner');
    const unchecked = await seedPlausible(session, { ...usual, ...options });
    return { unchecked, reader: await server.sandbox.connect(database, 'superuser') };
  }

  /** Texts of all rows of a table. */
  async function rowsOf(session: Session, table: string): Promise<readonly string[]> {
    const rows = await session.query(`SELECT t::text AS row FROM ${table} AS t ORDER BY 1`);
    return rows.map(({ row }) => String(row));
  }

  test('every table of a nasty schema gets rows', async () => {
    const { unchecked, reader } = await seeded(nasty);
    await using session = reader;
    expect(unchecked).toEqual([]);
    const few = Object.entries(await countRows(session)).filter(([, rows]) => rows < usualRows);
    expect(Object.fromEntries(few)).toEqual({ one_row: 1, two_rows: 2, no_columns: 1 });
    expect(await rowsOf(session, 'people')).toEqual(['(3)']);
  });

  test('values differ from row to row', async () => {
    const { reader } = await seeded(nasty);
    await using session = reader;
    const constant = await Promise.all(
      columnTypes.map(async (type, index) => {
        const [row] = await session.query(
          `SELECT count(DISTINCT c${index}::text) AS values, count(*) AS rows FROM every_type`,
        );
        return Number(row?.['values']) === 1 ? [type] : [];
      }),
    );
    expect(constant.flat()).toEqual(['regproc', 'regnamespace', 'regconfig']);
  });

  test('is the same each time, but for what the server makes up', async () => {
    const texts = await Promise.all(
      [1, 2].map(async () => {
        const { reader } = await seeded(nasty);
        await using session = reader;
        return [await rowsOf(session, 'every_type'), await rowsOf(session, 'checked')];
      }),
    );
    expect(texts[0]).toEqual(texts[1]);
  });

  test('bytes are as many as a check asks for', async () => {
    const { unchecked, reader } = await seeded(
      'CREATE TABLE tokens (sha256 bytea NOT NULL UNIQUE CHECK (octet_length(sha256) = 32))',
    );
    await using session = reader;
    expect(unchecked).toEqual([]);
    expect(await rowsOf(session, 'tokens')).toHaveLength(usualRows);
  });

  test('a table that a trigger fills is filled', async () => {
    const { unchecked, reader } = await seeded(`
      CREATE TABLE a (id int PRIMARY KEY);
      CREATE TABLE downloads (a_id int PRIMARY KEY REFERENCES a);
      CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN INSERT INTO downloads VALUES (NEW.id); RETURN NEW; END';
      CREATE TRIGGER fill AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION fill()`);
    await using session = reader;
    expect(unchecked).toEqual([]);
    expect(await rowsOf(session, 'downloads')).toHaveLength(usualRows);
  });

  test('what cannot be filled is told', async () => {
    const { unchecked, reader } = await seeded(unfillable);
    await using _ = reader;
    expect(unchecked.map(({ subject, reason }) => [subject, reason.replace(/.*: /, '')])).toEqual([
      [
        'public.impossible',
        'new row for relation "impossible" violates check constraint "impossible_a_check"',
      ],
      ['public.closed', 'no rows here'],
      ['public.silent', 'a trigger keeps every row out'],
    ]);
  });

  test('tables that hold rows are left alone, and referred to', async () => {
    const { unchecked, reader } = await seeded(`
      CREATE TABLE country (code text PRIMARY KEY);
      INSERT INTO country VALUES ('AT');
      CREATE TABLE city (id serial PRIMARY KEY, country text NOT NULL REFERENCES country);
    `);
    await using session = reader;
    expect(unchecked).toEqual([]);
    expect(await rowsOf(session, 'city')).toEqual(['(1,AT)', '(2,AT)', '(3,AT)']);
    expect(await rowsOf(session, 'country')).toEqual(['(AT)']);
  });

  test('row level security is as it was', async () => {
    const { reader } = await seeded(nasty);
    await using session = reader;
    const [row] = await session.query(
      `SELECT relforcerowsecurity AS forced FROM pg_class WHERE relname = 'guarded'`,
    );
    expect(row).toEqual({ forced: true });
  });

  test('sequences go on after numbers that were given', async () => {
    const { reader } = await seeded(nasty);
    await using session = reader;
    await session.script(`
      INSERT INTO own_root (root_id) VALUES (1);
      INSERT INTO event (day, kind) VALUES ('2025-06-01', 'a');
      INSERT INTO sharded (v) VALUES ('a');
    `);
  });

  // What production has had for years is there, whether or not the schema says so.
  const base = `
    CREATE TYPE mood AS ENUM ('sad', 'happy');
    CREATE TABLE customers (id bigserial PRIMARY KEY, email text, born text, mood text, size text);
    CREATE TABLE orders (id serial PRIMARY KEY, customer_id bigint, shipping_customer_id int, status text,
      total numeric, code varchar(50), payload text, "customerId" int, flag text);
  `;
  test.each([
    'ALTER TABLE orders ALTER customer_id SET NOT NULL, ALTER status SET NOT NULL, ALTER total SET NOT NULL',
    'ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers',
    'ALTER TABLE orders ADD FOREIGN KEY (shipping_customer_id) REFERENCES customers',
    'ALTER TABLE orders ADD FOREIGN KEY ("customerId") REFERENCES customers',
    'ALTER TABLE customers ADD UNIQUE (email); CREATE UNIQUE INDEX ON orders (customer_id)',
    "ALTER TABLE orders ADD CHECK (status IN ('new', 'paid') AND total >= 100)",
    'ALTER TABLE customers ALTER size TYPE int USING size::int',
    'ALTER TABLE customers ALTER born TYPE date USING born::date',
    'ALTER TABLE customers ALTER mood TYPE mood USING mood::mood',
    'ALTER TABLE orders ALTER flag TYPE boolean USING flag::boolean, ALTER payload TYPE jsonb USING payload::jsonb',
    'ALTER TABLE orders ALTER code TYPE varchar(3)',
    "CREATE DOMAIN iso AS text CHECK (VALUE ~ '^[A-Z]{3}$'); ALTER TABLE orders ALTER code TYPE iso",
    "CREATE TYPE state AS ENUM ('open', 'closed'); ALTER TABLE orders ALTER status TYPE state USING status::state",
  ])('does not make a legitimate change fail: %s', async (change) => {
    const database = await server.database(base);
    await server.sandbox.createDatabase(`${database}_head`, database);
    await using head = await server.sandbox.connect(`${database}_head`, 'owner');
    await head.script(change);
    await using session = await server.sandbox.connect(database, 'owner');
    expect(await seedPlausible(session, { ...usual, head })).toEqual([]);
    await session.script(change);
  });

  test('rows are among those that the change is about', async () => {
    const change = `
      UPDATE employees SET salary = salary + salary * 10 / 100 WHERE salary < 10000;
      DELETE FROM employees WHERE state = 'left' AND since < '2001-02-03';
      UPDATE others SET a = 0 WHERE a > 7;
    `;
    const { reader } = await seeded(
      `CREATE TABLE employees (id serial PRIMARY KEY, salary int, state text, since date);
       CREATE TABLE others (a smallint);`,
      { constants: comparedConstants(change) },
    );
    await using session = reader;
    expect(await rowsOf(session, 'employees')).toEqual([
      '(1,5000,left,2001-02-02)',
      '(2,9999,2,2001-02-03)',
      '(3,10000,3,2026-01-03)',
    ]);
    expect(await rowsOf(session, 'others')).toEqual(['(14)', '(7)', '(8)']);
  });

  test('a hundred tables take no round trip a row', async () => {
    const tables = Array.from(
      { length: 100 },
      (_, index) => `
        CREATE TABLE t${index} (id bigserial PRIMARY KEY, name text NOT NULL UNIQUE, status text CHECK (status IN ('a', 'b')),
          amount numeric(10, 2) CHECK (amount > 0), at timestamptz NOT NULL DEFAULT now(), tags text[], note text,
          parent_id bigint ${index === 0 ? '' : `REFERENCES t${Math.floor(index / 3)}`});`,
    );
    await using session = await server.session(tables.join(''));
    const started = performance.now();
    expect(await seedPlausible(session, usual)).toEqual([]);
    const took = performance.now() - started;
    expect(took).toBeLessThan(3_000);
  });
});

async function countRows(session: Session): Promise<Readonly<Record<string, number>>> {
  const tables = await session.query(
    `SELECT oid::regclass::text AS name FROM pg_class
     WHERE relkind = 'r' AND oid >= 16384 AND relnamespace = 'public'::regnamespace`,
  );
  const counts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] = await session.query(`SELECT count(*)::int AS rows FROM ONLY ${name}`);
      return [String(name), Number(row?.['rows'])] as const;
    }),
  );
  return Object.fromEntries(counts);
}
