import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bundle } from '../../scripts/build.ts';
import { reviewSchema } from '../../src/model/review.ts';
import { runOn } from '../support/action-project.ts';
import { FakeGitHub } from '../support/fake-github.ts';
import { projectWithPackages } from '../support/tools.ts';

// Below node_modules, where the bundle finds the programs of PostgreSQL.
const dist = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'action-capture-test');

beforeAll(() => bundle(dist));
afterAll(() => rmSync(dist, { recursive: true, force: true }));

const suite = (column: string) => `import { writeFileSync } from 'node:fs';
import pg from 'pg';
writeFileSync('environment.json', JSON.stringify(process.env));
const client = new pg.Client({ connectionString: process.env.APP_DATABASE });
await client.connect();
await client.query('INSERT INTO flights (status) VALUES ($1)', ['late']);
await client.query('SELECT id FROM flights WHERE ${column} = $1', ['x']);
await client.end();
console.log('::error::taken for a command');
`;

test('the capture command runs in the action, on the schema of the head, without tokens', async () => {
  using repository = projectWithPackages(
    {
      '.github/pg-guardrails.yml':
        "environment: { APP_DATABASE: '{url}' }\ntables:\n  flights: { rows: 50M }\n",
      'migrations/0001_flights.sql':
        'CREATE TABLE flights (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL);\n',
      'suite.mjs': suite('status'),
    },
    {
      'migrations/0002_gate.sql': 'ALTER TABLE flights ADD COLUMN gate text;\n',
      'suite.mjs': suite('gate'),
    },
  );
  await using github = await FakeGitHub.start(repository.pull);
  const inputs = { 'capture-command': `"${process.execPath}" suite.mjs` };
  const end = await runOn(repository, github, { dist, inputs });
  const review = reviewSchema.parse(end.report);
  expect(review.queries.map(({ sql }) => sql)).toEqual([
    'INSERT INTO flights (status) VALUES ($1)',
    'SELECT id FROM flights WHERE gate = $1',
  ]);
  expect(review.unchecked.filter(({ subject }) => subject.includes('capture'))).toEqual([]);
  expect(review.insights.map(({ rule }) => rule)).toContain('query/missing-index');
  expect(end.commands.map(({ message }) => message)).not.toContain('taken for a command');
  expect(github.violations).toEqual([]);

  const told: Readonly<Record<string, string>> = JSON.parse(
    readFileSync(join(repository.root, 'environment.json'), 'utf8'),
  );
  expect(Object.values(told)).not.toContain('ghs_token');
  expect(
    Object.keys(told).filter((name) =>
      /^(?:INPUT_|ACTIONS_|GITHUB_(?:TOKEN|OUTPUT|STEP_SUMMARY))/.test(name),
    ),
  ).toEqual([]);
  expect(told['APP_DATABASE']).toBe(told['DATABASE_URL']);
});

test('a capture command that fails is told in the review, and does not end the job by itself', async () => {
  using repository = projectWithPackages(
    { 'migrations/0001_flights.sql': 'CREATE TABLE flights (id bigint PRIMARY KEY);\n' },
    { 'migrations/0002_gate.sql': 'ALTER TABLE flights ADD COLUMN gate text;\n' },
  );
  await using github = await FakeGitHub.start(repository.pull);
  const inputs = { 'capture-command': 'echo no such suite; exit 4' };
  const end = await runOn(repository, github, { dist, inputs });
  expect(end.status).toBe(0);
  const { unchecked } = reviewSchema.parse(end.report);
  const told = unchecked.filter(({ subject }) => subject === 'capture command').map(({ reason }) => reason);
  expect(told).toEqual([
    expect.stringMatching(/with status 4.*no such suite.*capture: \{ database: empty \}/s),
    expect.stringMatching(/^sent no queries/),
  ]);
});
