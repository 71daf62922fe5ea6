import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Declared } from '../../src/config/config.ts';
import { readCatalogue } from '../../src/migrations/catalogue.ts';
import type { PlanNode } from '../../src/model/plan.ts';
import { type Query, unseen } from '../../src/model/query.ts';
import type { Session } from '../../src/model/server.ts';
import { examine, type PlannedQuery } from '../../src/plans/examine.ts';
import { describeValues } from '../../src/plans/parameters/describe.ts';
import { productionSizes } from '../../src/statistics/sizes.ts';
import { type SizedTable, sizedTables } from '../../src/statistics/tables.ts';
import { growTwin } from '../../src/statistics/twin.ts';
import { TestServer, testedVersions } from '../support/server.ts';

const schema = `
  CREATE TABLE users (id bigint PRIMARY KEY, country text, level int, joined timestamptz);
  CREATE INDEX users_country ON users (country);
  CREATE TABLE visits (id bigint PRIMARY KEY, user_id bigint REFERENCES users, kind varchar(10), at timestamptz);
  CREATE INDEX visits_user ON visits (user_id);
  CREATE VIEW people AS SELECT id AS person, country AS nation FROM users;
  CREATE TABLE sales (day date NOT NULL, state text) PARTITION BY RANGE (day);
  CREATE TABLE sales_old PARTITION OF sales FOR VALUES FROM (MINVALUE) TO ('2020-01-01');
  CREATE TABLE sales_new PARTITION OF sales FOR VALUES FROM ('2020-01-01') TO (MAXVALUE);
  CREATE TABLE secrets (name text);
  CREATE SCHEMA other;
  CREATE TABLE other.users (id bigint PRIMARY KEY, country text);
`;

const column = { distinct: null, nulls: null, width: null, correlation: null, common: {} };
const declared: Declared = {
  'public.users': {
    rows: 10e6,
    width: null,
    columns: {
      country: { ...column, distinct: 200, common: { US: 0.6, DE: 0.1, "L'U\\": 0.00001 } },
      level: { ...column, common: { 1: 0.9 } },
    },
  },
  sales: {
    rows: 10e6,
    width: null,
    columns: { state: { ...column, distinct: 2, common: { paid: 0.99, lost: 0.01 } } },
  },
  secrets: {
    rows: 10e6,
    width: null,
    columns: { name: { ...column, distinct: 2, common: { x1: 0.9, x2: 0.1 } } },
  },
  visits: {
    rows: 50e6,
    width: null,
    columns: { kind: { ...column, distinct: 2, common: { view: 0.9, buy: 0.1 } } },
  },
};

function query(sql: string, parts: Partial<Query> = {}): Query {
  const parameterCount = Math.max(0, ...[...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number)));
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls: 1,
    parameterCount,
    samples: [],
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
    ...parts,
  };
}

function redacted(statistics: SizedTable['statistics']): SizedTable['statistics'] {
  return new Map([...statistics].map(([name, each]) => [name, { ...each, redacted: true }]));
}

/** Rows of the node that has most. */
function largestOf({ rows, children }: PlanNode): number {
  return Math.max(rows, ...children.map(largestOf));
}

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let session: Session;
  let examineAll: (queries: readonly Query[]) => ReturnType<typeof examine>;

  beforeAll(async () => {
    server = await TestServer.start(major);
    const database = await server.database(schema);
    await using superuser = await server.sandbox.connect(database, 'superuser');
    const catalogue = await readCatalogue(superuser);
    const sizes = productionSizes(catalogue, declared, 1e6);
    session = await server.sandbox.connect(database, 'owner');
    expect(await growTwin(server.sandbox, { superuser, owner: session }, catalogue, sizes)).toEqual([]);
    const tables = new Map(
      [...sizedTables(catalogue, sizes)].map(([name, table]) => [
        name,
        name === 'public.secrets' ? { ...table, statistics: redacted(table.statistics) } : table,
      ]),
    );
    examineAll = (queries) => examine(session, queries, tables);
  });
  afterAll(async () => {
    await session[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function planned(sql: string, parts: Partial<Query> = {}): Promise<PlannedQuery> {
    const { planned: plans, refused } = await examineAll([query(sql, parts)]);
    const found = plans.get(sql);
    if (found === undefined) throw new Error(refused.get(sql)?.message);
    return found;
  }

  function valuesOf({ variants }: PlannedQuery): readonly (readonly [string, readonly unknown[] | null])[] {
    return variants.map(({ parameters, values }) => [parameters, values]);
  }

  describe('values of the statistics', () => {
    test.each([
      ['a column', 'SELECT * FROM users WHERE country = $1', ['US'], ["L'U\\"]],
      ['either way round', 'SELECT * FROM users WHERE $1 = country', ['US'], ["L'U\\"]],
      ['a cast', 'SELECT * FROM visits WHERE kind = $1::text', ['view'], ['buy']],
      [
        'an alias',
        'SELECT * FROM other.users o JOIN users u USING (id) WHERE u.country = $1',
        ['US'],
        ["L'U\\"],
      ],
      ['a view', 'SELECT * FROM people WHERE nation = $1', ['US'], ["L'U\\"]],
      ['a list', 'SELECT * FROM users WHERE country = ANY ($1)', ['{"US"}'], ['{"L\'U\\\\"}']],
      ['several', 'SELECT * FROM users WHERE country IN ($1, $2)', ['US', 'DE'], ["L'U\\", "L'U\\"]],
      ['a value that is not listed', 'SELECT * FROM users WHERE level = $1', ['1'], ['0']],
      [
        'two columns',
        'SELECT * FROM visits v JOIN users u ON u.id = v.user_id WHERE v.kind = $2 AND u.country = $1',
        ['US', 'view'],
        ["L'U\\", 'buy'],
      ],
      ['an option', 'SELECT * FROM users WHERE $1 IS NULL OR country = $1', ['US'], ["L'U\\"]],
      ['a change', 'UPDATE users SET level = 0 WHERE country = $1', ['US'], ["L'U\\"]],
      [
        'a subquery',
        'SELECT * FROM visits WHERE user_id IN (SELECT id FROM users WHERE country = $1) AND id > (SELECT 1)',
        ['US'],
        ["L'U\\"],
      ],
    ])('%s', async (_, sql, common, rare) => {
      const found = await planned(sql);
      expect(valuesOf(found)).toEqual([
        ['generic', null],
        ['most common values', common],
        ['rare values', rare],
      ]);
      expect(found.parameters).toBe('most common values');
      expect(found.values).toEqual(common);
      const [, most, least] = found.variants.map(({ plan }) => largestOf(plan));
      expect(most).toBeGreaterThanOrEqual((least ?? 0) * 2);
    });

    test.each([
      ['no statistics', 'SELECT * FROM users WHERE joined = $1'],
      ['a table of the same name', 'SELECT * FROM other.users WHERE country = $1'],
      ['a range, since nobody knows which is asked for', 'SELECT * FROM users WHERE country > $1'],
      ['an inserted row', 'INSERT INTO users (id, country) VALUES ($1, $2)'],
      ['a changed column', 'UPDATE users SET country = $1 WHERE id = $2'],
      ['a function of the column', 'SELECT * FROM users WHERE lower(country) = $1'],
    ])('leave the generic plan: %s', async (_, sql) => {
      expect(valuesOf(await planned(sql))).toEqual([['generic', null]]);
    });

    test('what they do not tell stays open', async () => {
      const sql = 'SELECT * FROM users WHERE joined > $1 AND country = $2 AND id <> $3';
      const found = await planned(sql);
      expect(valuesOf(found).map(([, values]) => values)).toEqual([null, null, null]);
      expect(found.sql).toBe("SELECT * FROM users WHERE joined > $1 AND country = 'US' AND id <> $2");
      expect(describeValues(found, found)).toBe("$2: the most common public.users.country, 'US'");
    });

    test('or is taken from the first execution', async () => {
      const sql = 'SELECT * FROM users WHERE joined > $1 AND country = $2';
      const found = await planned(sql, {
        samples: [
          ['2026-01-01', 'FR'],
          ['2025-01-01', 'DE'],
        ],
      });
      expect(valuesOf(found)).toEqual([
        ['generic', null],
        ['captured values', ['2026-01-01', 'FR']],
        ['captured values', ['2025-01-01', 'DE']],
        ['most common values', ['2026-01-01', 'US']],
        ['rare values', ['2026-01-01', "L'U\\"]],
      ]);
    });
  });

  test('captured values that are none of their type leave the others', async () => {
    const found = await planned('SELECT * FROM visits WHERE user_id = $1', {
      samples: [['12...'], [7], [7, 8]],
    });
    expect(valuesOf(found)).toEqual([
      ['generic', null],
      ['captured values', [7]],
    ]);
  });

  test('a partition has the values of its partitioned table', async () => {
    const found = await planned('SELECT * FROM sales WHERE state = $1 AND day = now()::date');
    expect(valuesOf(found).map(([, values]) => values)).toEqual([null, ['paid'], ['lost']]);
    expect(describeValues(found, found)).toBe("$1: the most common public.sales.state, 'paid'");
  });

  test('values of redacted statistics are not shown', async () => {
    const found = await planned('SELECT * FROM secrets WHERE name = $1');
    expect(describeValues(found, found)).toBe('$1: the most common public.secrets.name');
  });

  describe('LIMIT and OFFSET', () => {
    const sql = 'SELECT * FROM users ORDER BY id LIMIT $1 OFFSET $2::bigint';

    test('are kept when captured', async () => {
      const found = await planned(sql, {
        samples: [
          [25, 1_000],
          [25, 5_000_000],
        ],
      });
      expect(found.values).toEqual([25, 5_000_000]);
      expect(found.measures.rowsRead).toBe(5_000_025);
    });

    test('are assumed when not, instead of a tenth of all rows', async () => {
      const found = await planned(sql);
      expect(found).toMatchObject({ parameters: 'generic', values: null, parameterCount: 0 });
      expect(found.measures.rowsRead).toBe(100);
      expect(describeValues(found, found)).toBe(
        'values that are not known (LIMIT 100, assumed, OFFSET 0, assumed)',
      );
    });

    test('beside values that are not known', async () => {
      const found = await planned('SELECT * FROM users WHERE joined > $1 ORDER BY id LIMIT $2', {
        samples: [['no date', 7]],
      });
      expect(found).toMatchObject({ parameters: 'generic', parameterCount: 1 });
      expect(found.measures.rowsReturned).toBe(7);
    });
  });

  describe('types that are left open', () => {
    test.each([
      ['SELECT count(*) FROM users WHERE $1 IS NULL', 'SELECT count(*) FROM users WHERE ($1::text) IS NULL'],
      ['SELECT $1 + $2', 'SELECT ($1::bigint) + ($2::bigint)'],
      [
        "SELECT 'é€😀', /* $1 */ concat($1), '$1', $$ $1 $$",
        "SELECT 'é€😀', /* $1 */ concat(($1::text)), '$1', $$ $1 $$",
      ],
      [
        'SELECT id FROM users WHERE joined > now() - $1',
        'SELECT id FROM users WHERE joined > now() - ($1::interval)',
      ],
      [
        'INSERT INTO users (level, id) VALUES ($1, $1)',
        'INSERT INTO users (level, id) VALUES (($1::bigint), ($1::bigint))',
      ],
      ['SELECT jsonb_build_object($1, $2)', 'SELECT jsonb_build_object(($1::text), ($2::text))'],
      [
        'SELECT id FROM users WHERE $1 IS NULL OR joined > $1',
        'SELECT id FROM users WHERE ($1::timestamp with time zone) IS NULL OR joined > ($1::timestamp with time zone)',
      ],
      [
        'SELECT id FROM users WHERE $1 IS NULL OR id = ANY ($1)',
        'SELECT id FROM users WHERE ($1::bigint[]) IS NULL OR id = ANY (($1::bigint[]))',
      ],
      ['SELECT date_trunc($1, $2)', 'SELECT date_trunc($1, ($2::timestamptz))'],
    ])('%s', async (sql, expected) => {
      const found = await planned(sql);
      expect(found.sql).toBe(expected);
      expect(found.text).toBe(sql);
    });

    test('captured values are planned with the types that were found', async () => {
      const found = await planned('SELECT id FROM users WHERE $1 IS NULL OR id = $2', {
        samples: [['x', 5]],
      });
      expect(found).toMatchObject({ parameters: 'captured values', values: ['x', 5] });
      const numeric = await planned('SELECT $1 * $2', { samples: [[1.5, 2]] });
      expect(numeric).toMatchObject({
        parameters: 'captured values',
        sql: 'SELECT ($1::numeric) * ($2::numeric)',
      });
    });

    test.each([
      ['SELECT * FROM nowhere WHERE $1 IS NULL', 'relation "nowhere" does not exist'],
      ['SELECT nothing($1)', 'function nothing(unknown) does not exist'],
      ['SELECT $2::int', 'could not determine data type of parameter $1'],
    ])("what cannot be planned keeps PostgreSQL's reason: %s", async (sql, reason) => {
      const { planned: plans, refused } = await examineAll([query(sql)]);
      expect([...plans.keys()]).toEqual([]);
      expect(refused.get(sql)?.message).toBe(reason);
    });
  });

  test('texts with constants are planned each, and the worst is judged', async () => {
    const sql = "SELECT * FROM users WHERE country = 'FR' AND joined > now()";
    const us = sql.replace("'FR'", "'US'");
    const found = await planned(sql, { texts: [us, sql.replace("'FR'", "'DE'")] });
    expect(found).toMatchObject({ parameters: 'captured constants', text: us, values: [] });
    expect(found.query.sql).toBe(sql);
    expect(found.variants).toHaveLength(3);
  });
});
