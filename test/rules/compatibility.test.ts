import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { judgedVersions, TestServer } from '../support/server.ts';

const base = `CREATE TABLE customers (id bigint PRIMARY KEY, email varchar(20) NOT NULL, points int NOT NULL);
  CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL);
  CREATE TABLE archive (id bigint PRIMARY KEY, customer_id bigint NOT NULL, status text NOT NULL);
  CREATE VIEW names AS SELECT id, email FROM customers;
  CREATE FUNCTION total(c bigint) RETURNS int LANGUAGE sql AS 'SELECT 1';`;

describe.each(judgedVersions)('what queries return after a change, on PostgreSQL %s', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function insights(change: string, ...queries: readonly string[]): Promise<readonly Insight[]> {
    using project = new TestProject({
      'migrations/0001_base.sql': base,
      'migrations/0002_change.sql': change,
      '.github/pg-guardrails.yml': 'assume: { rows: 1000 }\n',
      'queries.sql': queries.map((sql, index) => `-- name: query_${index}\n${sql};`).join('\n'),
    });
    const review = await reviewProject(server.sandbox, project.root, {
      comparison: { kind: 'named', files: ['0002_change.sql'] },
      workload: ['queries.sql'],
    });
    return review?.insights ?? [];
  }

  async function shapes(change: string, ...queries: readonly string[]) {
    const found = await insights(change, ...queries);
    return found
      .filter(({ rule }) => rule === 'compatibility/result-shape-changed')
      .map(({ severity, subject, summary }) => `${severity} ${subject.kind}: ${summary}`);
  }

  test('a longer varchar is told once, for those who have prepared statements', async () => {
    const change = 'ALTER TABLE customers ALTER email TYPE varchar(40);';
    // A view in its way has to be made anew.
    const whole = `DROP VIEW names; ${change} CREATE VIEW names AS SELECT id, email FROM customers;`;
    const found = await shapes(
      whole,
      'SELECT email FROM customers',
      'SELECT id, email FROM customers WHERE id = $1',
    );
    expect(found).toEqual([
      'low statement: makes email of public.customers character varying(40) instead of character varying(20) in what 2 captured queries return: query_0, query_1',
    ]);
  });

  test('a view that returns more, and fewer', async () => {
    const more = 'CREATE OR REPLACE VIEW names AS SELECT id, email, points FROM customers;';
    expect(await shapes(more, 'SELECT * FROM names')).toEqual([
      'low statement: adds points of public.names to what a captured query returns: query_0',
    ]);
    const fewer = 'DROP VIEW names; CREATE VIEW names AS SELECT id FROM customers;';
    expect(await shapes(fewer, 'SELECT * FROM names', 'SELECT * FROM names WHERE id = $1')).toEqual([
      'medium statement: takes email of public.names from what 2 captured queries return: query_0, query_1',
    ]);
  });

  test('what is computed of a column comes back as another type', async () => {
    const change = 'ALTER TABLE customers ALTER points TYPE bigint;';
    const found = await insights(
      change,
      'SELECT sum(points) AS sum FROM customers',
      'SELECT points FROM customers',
    );
    const told = found.filter(({ rule }) => rule.startsWith('compatibility/'));
    expect(told.map(({ rule, summary }) => [rule, summary.slice(0, 60)])).toEqual([
      ['compatibility/result-shape-changed', 'returns sum as numeric, which was bigint'],
      ['compatibility/type-changed', 'makes `points` of `public.customers` `bigint` instead of `in'],
    ]);
  });

  test('NULLs where there were none, unless an outer join put them there before', async () => {
    const change = 'ALTER TABLE customers DROP COLUMN points;\nALTER TABLE customers ADD COLUMN points int;';
    const found = await shapes(
      change,
      'SELECT points FROM customers',
      'SELECT o.id, c.points FROM orders AS o LEFT JOIN customers AS c ON c.id = o.customer_id',
      'SELECT points FROM customers UNION ALL SELECT 1',
    );
    expect(found).toEqual(['medium query: can return NULL as points, which it could not']);
  });

  test('what loses its NOT NULL is told with the column, and not again', async () => {
    const found = await insights(
      'ALTER TABLE orders ALTER status DROP NOT NULL;',
      'SELECT status FROM orders',
    );
    expect(found.map(({ rule }) => rule)).toContain('compatibility/nullability');
    expect(found.map(({ rule }) => rule)).not.toContain('compatibility/result-shape-changed');
  });

  test('rows that are put together whole are refused by PostgreSQL itself', async () => {
    const found = await insights(
      'ALTER TABLE orders ADD COLUMN note text;',
      'SELECT * FROM orders UNION ALL SELECT * FROM archive',
    );
    const broken = found.find(({ rule }) => rule === 'compatibility/breaks-query');
    expect(broken?.evidence.error?.message).toBe('each UNION query must have the same number of columns');
    expect(broken?.remediation.map(({ title }) => title)).toEqual(['Expand, then contract']);
  });

  test.each([
    [
      'ALTER TABLE customers ALTER points TYPE smallint;',
      100_000,
      'out of range for type smallint',
      'breaks-query',
    ],
    ['ALTER TABLE customers ALTER points TYPE bigint;', 5_000_000_000, null, 'needs-migration-first'],
    ['ALTER TABLE customers ALTER points TYPE smallint;', 7, null, null],
  ])('values that no longer fit, or not yet: %s with %d', async (change, value, reason, rule) => {
    const sent = { sql: 'SELECT id FROM customers WHERE points = $1', params: [value] };
    using project = new TestProject({
      'migrations/0001_base.sql': base,
      'migrations/0002_change.sql': change,
      'queries.ndjson': JSON.stringify(sent),
    });
    const review = await reviewProject(server.sandbox, project.root, {
      comparison: { kind: 'named', files: ['0002_change.sql'] },
      workload: ['queries.ndjson'],
    });
    const about = (review?.insights ?? []).filter(({ rule: id }) =>
      ['compatibility/breaks-query', 'compatibility/needs-migration-first'].includes(id),
    );
    expect(about.map(({ rule: id }) => id)).toEqual(rule === null ? [] : [`compatibility/${rule}`]);
    if (reason !== null) expect(about[0]?.summary).toContain(`with values that were captured, ${value}`);
    if (reason !== null) expect(about[0]?.evidence.error?.message).toContain(reason);
  });

  test('a change that no result shows is no word worth', async () => {
    const change = 'ALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX ON archive (customer_id);';
    expect(await shapes(change, 'SELECT id FROM orders', 'SELECT count(*) FROM orders')).toEqual([]);
  });
});
