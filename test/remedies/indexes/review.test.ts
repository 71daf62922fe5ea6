import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Review } from '../../../src/model/review.ts';
import { remediationOf } from '../../../src/report/remediation.ts';
import { bySubject } from '../../../src/report/subjects.ts';
import { reviewProject, TestProject } from '../../support/project.ts';
import { TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

const base = `CREATE TABLE flights (id bigint PRIMARY KEY, airport char(3) NOT NULL, leaves timestamptz NOT NULL);
  CREATE INDEX flights_airport_idx ON flights (airport);`;
const query = "-- name: departures\nSELECT * FROM flights WHERE airport = 'AAQ';\n";

async function review(change: string): Promise<Review> {
  using project = new TestProject({
    'migrations/0001_base.sql': base,
    'migrations/0002_change.sql': change,
    'queries.sql': query,
    '.github/pg-guardrails.yml':
      'tables:\n  flights: { rows: 30M, columns: { airport: { distinct: 5000 } } }\n',
  });
  const result = await reviewProject(server.sandbox, project.root, {
    migrations: 'migrations',
    workload: ['queries.sql'],
    comparison: { kind: 'named', files: ['migrations/0002_change.sql'] },
  });
  if (result === null) throw new Error('nothing was reviewed');
  return result;
}

test('an index that was tried takes the place of advice, whichever insight of the query is the worst', async () => {
  const { insights } = await review('DROP INDEX CONCURRENTLY flights_airport_idx;');
  const about = bySubject(insights.filter(({ subject }) => subject.kind === 'query'));
  expect(about).toHaveLength(1);
  const [first] = about;
  const told = first === undefined ? [] : remediationOf(first);
  // Beside it, the columns of `SELECT *` are listed.
  expect(told.filter(({ kind }) => kind !== 'query')).toEqual([
    {
      kind: 'sql',
      title: 'Build the index flights_airport_idx, in a migration of its own that runs outside a transaction',
      text: 'CREATE INDEX CONCURRENTLY flights_airport_idx ON public.flights (airport);',
      verified: true,
      effect: { before: expect.any(Number), after: expect.any(Number), unit: 'planner cost' },
      migration: null,
    },
  ]);
  const missing = insights.find(({ rule }) => rule === 'query/missing-index');
  expect(missing).toMatchObject({ origin: 'introduced', severity: 'critical' });
});

test('what was missing before the change is not told of it', async () => {
  const { insights } = await review(
    'DROP INDEX CONCURRENTLY flights_airport_idx; ALTER TABLE flights ADD COLUMN gate text;',
  );
  expect(insights.find(({ rule }) => rule === 'query/missing-index')?.origin).toBe('introduced');
  const unchanged = await review('ALTER TABLE flights ADD COLUMN gate text;');
  expect(unchanged.insights.filter(({ rule }) => rule === 'query/missing-index')).toEqual([]);
});

test('an index of the change is judged by who reads it', async () => {
  const { insights } = await review('CREATE INDEX CONCURRENTLY flights_leaves_idx ON flights (leaves);');
  expect(insights.map(({ rule }) => rule)).toContain('schema/index-without-reader');
  const used = await review(
    'CREATE INDEX flights_airport_id_idx ON flights (airport, id); DROP INDEX flights_airport_idx;',
  );
  expect(used.insights.map(({ rule }) => rule)).not.toContain('schema/index-without-reader');
});
