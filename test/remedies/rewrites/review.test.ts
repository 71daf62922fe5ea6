import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../../src/model/insight.ts';
import { remedies } from '../../../src/report/markdown/remedy.ts';
import { reviewProject } from '../../support/project.ts';
import { TestRepository } from '../../support/repository.ts';
import { TestServer } from '../../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

interface Scenario {
  readonly base: string;
  readonly config: string;
  /** The query at base, and as the change has it. */
  readonly queries: readonly [before: string | null, after: string];
}

async function review({ base, config, queries: [before, after] }: Scenario): Promise<readonly Insight[]> {
  using project = new TestRepository({
    'migrations/0001_base.sql': base,
    '.github/pg-guardrails.yml': config,
    ...(before === null ? {} : { 'queries.sql': before }),
  });
  project.write({ 'queries.sql': after });
  const result = await reviewProject(server.sandbox, project.root, { workload: ['queries.sql'] });
  return result?.insights ?? [];
}

function offered(insights: readonly Insight[]) {
  return insights.flatMap(({ rule, remediation }) =>
    remediation.filter(({ kind }) => kind === 'query').map((each) => ({ rule, ...each })),
  );
}

describe('scenario 2: a join made readable with a common table expression', () => {
  const scenario: Scenario = {
    base: `CREATE TABLE boarding_passes (ticket_no char(13) NOT NULL, flight_id int NOT NULL, boarding_no int NOT NULL,
      seat_no varchar(4) NOT NULL, PRIMARY KEY (ticket_no, flight_id));`,
    config: 'tables:\n  boarding_passes: { rows: 7925812 }\n',
    queries: [
      null,
      `-- name: double
WITH cte AS (
  SELECT *, MD5(MD5(ticket_no)) AS double_hash FROM boarding_passes
)
SELECT COUNT(*)
FROM cte AS C1
LEFT JOIN cte AS C2 ON C2.ticket_no = C1.ticket_no AND C2.flight_id = C1.flight_id AND C2.boarding_no = C1.boarding_no
WHERE C1.double_hash = '525ac610982920ef37b34aa56a45cd06' AND C2.double_hash = '525ac610982920ef37b34aa56a45cd06';
`,
    ],
  };

  test('the inline form is verified to be cheaper', async () => {
    const found = offered(await review(scenario));
    expect(found).toContainEqual({
      rule: expect.any(String),
      kind: 'query',
      title: 'Have cte planned as part of the query that reads it',
      text: expect.stringContaining('cte AS NOT MATERIALIZED (SELECT'),
      verified: true,
      effect: { before: expect.any(Number), after: expect.any(Number), unit: 'planner cost' },
      migration: null,
    });
    const [{ effect } = { effect: null }] = found.filter(({ verified }) => verified);
    expect(effect?.after).toBeLessThan(effect?.before ?? 0);
  });
});

describe('scenario 15: an admin page that counts over many joins', () => {
  const names = ['posts', 'comments', 'likes', 'follows', 'orders', 'tickets', 'visits', 'notes'];
  const scenario: Scenario = {
    base: `CREATE TABLE users (id int PRIMARY KEY, name text NOT NULL, email text);
      ${names
        .map(
          (
            name,
          ) => `CREATE TABLE ${name} (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, state text);
      CREATE INDEX ON ${name} (user_id);`,
        )
        .join('\n')}`,
    config: `tables:\n  users: { rows: 10k }\n${names.map((name) => `  ${name}: { rows: 100k }`).join('\n')}\n`,
    queries: [
      null,
      `-- name: admin
SELECT DISTINCT users.*, COUNT(DISTINCT posts.id) AS posts, COUNT(DISTINCT comments.id) AS comments,
  COUNT(DISTINCT likes.id) AS likes, COUNT(DISTINCT follows.id) AS follows, COUNT(DISTINCT orders.id) AS orders,
  COUNT(DISTINCT CASE WHEN tickets.state = 'open' THEN tickets.id END) AS open_tickets,
  COUNT(DISTINCT CASE WHEN visits.state = 'new' THEN visits.id END) AS new_visits,
  MAX(CASE WHEN notes.state = 'pinned' THEN notes.id END) AS pinned
FROM users ${names.map((name) => `LEFT OUTER JOIN ${name} ON ${name}.user_id = users.id`).join('\n')}
GROUP BY users.id ORDER BY users.id LIMIT 50;
`,
    ],
  };

  test('each metric by itself is verified to be cheaper', async () => {
    const found = offered(await review(scenario)).filter(({ verified }) => verified);
    expect(found).toEqual([
      expect.objectContaining({
        title: 'Compute what each table is asked for by itself',
        text: expect.stringContaining('notes_totals'),
      }),
    ]);
    const [first] = found;
    expect(first?.effect?.after).toBeLessThan((first?.effect?.before ?? 0) / 100);
  });
});

test('what is verified says so in the comment, what is not says why', async () => {
  const insights = await review({
    base: `CREATE TABLE a (id int PRIMARY KEY, b_id int, made_at timestamptz NOT NULL);
      CREATE INDEX ON a (made_at); CREATE TABLE b (id int PRIMARY KEY, a_id int);`,
    config: 'tables:\n  a: { rows: 1M }\n  b: { rows: 1M }\n',
    queries: [
      null,
      `-- name: day
SELECT id FROM a WHERE made_at::date = '2026-01-02';
-- name: without
SELECT id FROM a WHERE b_id NOT IN (SELECT a_id FROM b);
`,
    ],
  });
  const shown = offered(insights).map((each) => remedies([each]).map(String).join('\n'));
  expect(shown).toContainEqual(
    expect.stringMatching(
      /^<b>Compare the column itself, so that its index serves<\/b> \(verified: planner cost [\d,]+ → [\d,]+\)\n```sql\nSELECT id\n/,
    ),
  );
  expect(shown).toContainEqual(
    expect.stringMatching(
      /^<b>Ask with NOT EXISTS instead of NOT IN<\/b>\n```sql\n-- Not verified: the columns may be NULL/,
    ),
  );
});
