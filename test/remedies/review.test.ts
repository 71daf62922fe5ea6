import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { reviewProject, TestProject } from '../support/project.ts';
import { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

const base = `CREATE TABLE users (id int PRIMARY KEY, name text);
  INSERT INTO users SELECT i, i FROM generate_series(1, 300) AS i;`;

async function review(change: string): Promise<readonly Insight[]> {
  using project = new TestProject({
    'migrations/0001_base.sql': base,
    'migrations/0002_change.sql': change,
    '.github/pg-guardrails.yml': 'tables:\n  users: { rows: 10000000 }\n',
  });
  const result = await reviewProject(server.sandbox, project.root, {
    migrations: 'migrations',
    comparison: { kind: 'named', files: ['migrations/0002_change.sql'] },
  });
  return result?.insights ?? [];
}

test('the worst insight shows the migration that was tried, the others refer to it', async () => {
  const insights = await review('ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();');
  const first = insights.map(({ rule, remediation: [remedy] }) => ({ rule, ...remedy }));
  expect(first).toEqual([
    {
      rule: 'migration/table-rewrite',
      kind: 'migration',
      title: 'Change the table in steps that keep nobody waiting for long',
      text: expect.stringMatching(
        /^-- In place of migrations\/0002_change\.sql\.\n[\s\S]*\n\n-- migrations\/0002_1_add_token\.sql\nSET LOCAL[\s\S]*;\n\n-- migrations\/0002_2_fill_token\.sql\nDO /,
      ),
      verified: true,
      effect: {
        before: expect.any(Number),
        after: expect.any(Number),
        unit: expect.stringContaining('seconds'),
      },
      migration: {
        replaces: 'migrations/0002_change.sql',
        alsoReplaces: [],
        files: expect.arrayContaining([
          { path: 'migrations/0002_2_fill_token.sql', text: expect.stringMatching(/^DO /) },
        ]),
        advice: expect.any(Array),
      },
    },
    {
      rule: 'migration/missing-lock-timeout',
      kind: 'advice',
      title: 'Change the table in steps that keep nobody waiting for long',
      text: 'What is offered for line 1 puts this right too.',
      verified: true,
      effect: null,
      migration: null,
    },
  ]);
});

test('schema and rows in one transaction are taken apart', async () => {
  const insights = await review(
    'ALTER TABLE users ADD COLUMN active boolean;\nUPDATE users SET active = true;',
  );
  expect(insights.map(({ rule, remediation }) => [rule, remediation[0]?.verified])).toEqual([
    ['migration/backfill-under-lock', true],
    ['migration/unbatched-backfill', true],
    ['migration/missing-analyze', true],
    ['migration/missing-lock-timeout', true],
  ]);
});

test('an insight that the other form does not put right keeps its advice alone', async () => {
  const insights = await review('TRUNCATE users;\nCREATE INDEX ON users (name);');
  const verified = insights.map(({ rule, remediation }) => [rule, remediation.some((each) => each.verified)]);
  expect(verified).toContainEqual(['migration/truncates', false]);
  expect(verified).toContainEqual(['migration/blocking-index-build', true]);
});

test('a remedy is shown where a reader sees it: not by what is suppressed, nor by what takes less long', async () => {
  const insights = await review(
    `-- pg-guardrails:ignore migration/table-rewrite -- the table is archived first
     ALTER TABLE users ADD COLUMN token uuid DEFAULT gen_random_uuid();
     ALTER TABLE users ADD CONSTRAINT named CHECK (name <> '');
     CREATE INDEX ON users (name);`,
  );
  const shown = insights.filter(({ remediation }) => remediation.some(({ migration }) => migration !== null));
  expect(shown.map(({ rule }) => rule)).toEqual(['migration/blocking-index-build']);
  expect(insights.find(({ origin }) => origin === 'suppressed')?.remediation[0]?.text).toBe(
    'What is offered for line 4 puts this right too.',
  );
});

test('what is between two migrations is not put right by a limit in one of them', async () => {
  using project = new TestProject({
    'migrations/0001_base.sql': `${base} CREATE TABLE orders (id int PRIMARY KEY);`,
    'migrations/0002_a.sql': 'ALTER TABLE users ADD COLUMN a text;\nALTER TABLE orders ADD COLUMN a text;',
    'migrations/0003_b.sql': 'ALTER TABLE orders ADD COLUMN b text;\nALTER TABLE users ADD COLUMN b text;',
  });
  const result = await reviewProject(server.sandbox, project.root, {
    migrations: 'migrations',
    comparison: { kind: 'named', files: ['migrations/0002_a.sql', 'migrations/0003_b.sql'] },
  });
  const order = result?.insights.find(({ rule }) => rule === 'migration/lock-order');
  expect(order?.remediation.map(({ title, verified }) => ({ title, verified }))).toEqual([
    { title: 'One order everywhere', verified: false },
  ]);
});
