import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import type { Review } from '../../src/model/review.ts';
import { column, production, relation } from '../statistics/production.ts';
import { CommandLine } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';

/** Queries that people have told of: given this workload, the review says this. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-queries-test');
});

async function review(files: Readonly<Record<string, string>>, config: string): Promise<Review> {
  using project = new TestProject({ ...files, '.github/pg-guardrails.yml': config });
  const ended = await commandLine.run(
    project.root,
    'check',
    '--new',
    '0002_change.sql',
    '--workload',
    'queries.ndjson',
  );
  if (ended.review === null) throw new Error(ended.stderr);
  return ended.review;
}

function insight({ insights }: Review, rule: string): Insight {
  const found = insights.find((each) => each.rule === rule);
  if (found === undefined) throw new Error(`${rule} is not among ${insights.map((each) => each.rule)}`);
  return found;
}

describe('scenario 21: small country, large country', () => {
  const base = `CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      country text NOT NULL, name text NOT NULL, joined_at timestamptz NOT NULL DEFAULT now());
    CREATE INDEX customers_country_idx ON customers (country);`;
  const config =
    'tables:\n  customers: { rows: 30M, columns: { country: { distinct: 190, common: { US: 55%, LU: 0.002% } } } }\n';
  const change = "COMMENT ON TABLE customers IS 'People who bought something';";
  const sql = 'SELECT id, name FROM customers WHERE country = $1 ORDER BY joined_at DESC LIMIT $2';
  const of = (...queries: readonly object[]) =>
    review(
      {
        'migrations/0001_base.sql': base,
        'migrations/0002_change.sql': change,
        'queries.ndjson': queries.map((query) => JSON.stringify(query)).join('\n'),
      },
      config,
    );

  test('the good value was captured, and the statistics know the bad one', async () => {
    const result = await of({ sql, params: ['LU', 20], route: 'GET /customers' });
    const found = insight(result, 'query/parameter-sensitive-plan');
    expect(found).toMatchObject({ severity: 'high', subject: { name: 'GET /customers' } });
    expect(found.summary).toMatch(/most common public\.customers\.country, 'US', LIMIT 20, and .*\$1 = 'LU'/);
    expect(found.evidence.facts['node']).toBe('Seq Scan on public.customers');
    const [query] = result.queries;
    expect(query?.parameters).toBe('most common values');
    expect(query?.variants.map(({ parameters }) => parameters)).toEqual([
      'generic',
      'captured values',
      'most common values',
    ]);
  });

  test('both were captured, as parameters or as constants', async () => {
    for (const queries of [
      ['LU', 'US'].map((country) => ({ sql, params: [country, 20] })),
      ['LU', 'US'].map((country) => ({ sql: sql.replace('$1', `'${country}'`).replace('$2', '20') })),
    ]) {
      const found = insight(await of(...queries), 'query/parameter-sensitive-plan');
      expect(found.summary).toMatch(/^costs [\d,]+ with .*'US'.*, and [\d,]+ with .*'LU'/);
    }
  });

  test('an index in the order of the query serves both', async () => {
    const result = await review(
      {
        'migrations/0001_base.sql': base,
        'migrations/0002_change.sql':
          'CREATE INDEX CONCURRENTLY customers_newest_idx ON customers (country, joined_at);',
        'queries.ndjson': JSON.stringify({ sql, params: ['LU', 20] }),
      },
      config,
    );
    expect(result.insights.map(({ rule }) => rule)).not.toContain('query/parameter-sensitive-plan');
  });

  test.each([false, true])('the statistics are those of a file, redacted: %p', async (redacted) => {
    const [countries, shares] = [
      ['US', 'DE', 'LU'],
      [0.55, 0.1, 0.00002],
    ];
    const statistics = production({
      redacted,
      relations: [
        relation('customers', {
          rows: 30e6,
          pages: 300_000,
          columns: [
            column('country', 'text', {
              distinct: 190,
              mostCommon: { values: redacted ? [] : countries, shares },
            }),
          ],
        }),
      ],
    });
    const result = await review(
      {
        'migrations/0001_base.sql': base,
        'migrations/0002_change.sql': change,
        'production.json': JSON.stringify(statistics),
        'queries.ndjson': JSON.stringify({ sql, params: ['LU', 20], route: 'GET /customers' }),
      },
      'statistics: production.json\n',
    );
    const found = insight(result, 'query/parameter-sensitive-plan');
    expect(found.summary).toMatch(/the most common public\.customers\.country/);
    expect(found.summary.includes("'US'")).toBe(!redacted);
    // What is made up for the planner is told to nobody.
    const [query] = result.queries;
    const told = query?.variants.find(({ parameters }) => parameters === 'most common values')?.values[0];
    expect(told?.includes("'")).toBe(!redacted);
  });
});
