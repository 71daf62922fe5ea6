import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { compareResults } from '../../../src/remedies/rewrites/compare.ts';
import type { Comparison } from '../../../src/remedies/rewrites/runs.ts';
import { type Stage, setStage } from '../../../src/remedies/rewrites/stage.ts';
import { readSelect } from '../../../src/sql/rewrite/rewriters.ts';
import { TestServer, testedVersions } from '../../support/server.ts';

const schema = `
  CREATE TYPE mood AS ENUM ('glad', 'sad');
  CREATE TABLE users (id int PRIMARY KEY, name text, mood mood, created_at timestamptz, born date,
    CHECK (id > 0), active boolean GENERATED ALWAYS AS (born IS NOT NULL) STORED);
  CREATE TABLE posts (id int PRIMARY KEY, user_id int REFERENCES users, title text, score int CHECK (score < 900));
  CREATE TABLE comments (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id int REFERENCES users, body text);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END';
  CREATE TRIGGER posts_refuse BEFORE INSERT ON posts FOR EACH ROW EXECUTE FUNCTION refuse();
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let stage: Stage;
  beforeAll(async () => {
    server = await TestServer.start(major);
    stage = await setStage(server.sandbox, 'stage', await server.database(schema));
  });
  afterAll(async () => {
    await stage[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function compare(one: string, other: string): Promise<Comparison> {
    const [original, rewritten] = [readSelect(one), readSelect(other)];
    if (original === null || rewritten === null) throw new Error('no query');
    return compareResults(stage, { original, rewritten, samples: [], tables: stage.tables });
  }

  test.each([
    [
      'the next day is within',
      "SELECT id FROM users WHERE created_at::date = '2026-01-02'",
      "SELECT id FROM users WHERE created_at >= '2026-01-02'::date AND created_at <= '2026-01-02'::date + 1",
    ],
    [
      'the first moment is left out',
      "SELECT id FROM users WHERE created_at::date = '2026-01-02'",
      "SELECT id FROM users WHERE created_at > '2026-01-02'::date AND created_at < '2026-01-02'::date + 1",
    ],
    [
      'days are those of another time zone',
      "SELECT id FROM users WHERE created_at::date = '2026-01-02'",
      "SELECT id FROM users WHERE created_at >= '2026-01-02 00:00Z' AND created_at < '2026-01-03 00:00Z'",
    ],
    [
      'the next year begins within',
      'SELECT id FROM users WHERE extract(year from born) = 2026',
      "SELECT id FROM users WHERE born >= '2026-01-01' AND born <= '2027-01-01'",
    ],
    [
      'a number is off by one',
      'SELECT id FROM posts WHERE score + 1 = 5',
      'SELECT id FROM posts WHERE score = 5',
    ],
    [
      'a NULL among those that are not wanted',
      'SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM posts)',
      'SELECT id FROM users u WHERE NOT EXISTS (SELECT 1 FROM posts p WHERE p.user_id = u.id)',
    ],
    [
      'a NULL that is asked about',
      'SELECT id FROM posts WHERE user_id NOT IN (SELECT id FROM users)',
      'SELECT id FROM posts p WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = p.user_id)',
    ],
    [
      'DISTINCT is missing',
      'SELECT DISTINCT u.id FROM users u JOIN posts p ON p.user_id = u.id',
      'SELECT u.id FROM users u JOIN posts p ON p.user_id = u.id',
    ],
    [
      'duplicates are lost',
      'SELECT body FROM comments c LEFT JOIN users u ON u.id = c.user_id WHERE c.user_id = 1 OR u.id = 2',
      'SELECT body FROM comments WHERE user_id = 1 UNION SELECT body FROM comments c JOIN users u ON u.id = c.user_id WHERE u.id = 2',
    ],
    [
      'rows of both branches come twice',
      'SELECT id FROM posts WHERE user_id = 1 OR score < 5',
      'SELECT id FROM posts WHERE user_id = 1 UNION ALL SELECT id FROM posts WHERE score < 5',
    ],
    [
      'a branch leaves out what the first one does not know',
      'SELECT id FROM posts WHERE user_id = 1 OR score < 5',
      'SELECT id FROM posts WHERE user_id = 1 UNION ALL SELECT id FROM posts WHERE score < 5 AND NOT (user_id = 1)',
    ],
    [
      'a count of nothing is NULL',
      'SELECT u.id, (SELECT count(*) FROM posts p WHERE p.user_id = u.id) FROM users u',
      'SELECT u.id, c.count FROM users u LEFT JOIN (SELECT user_id, count(*) FROM posts GROUP BY 1) c ON c.user_id = u.id',
    ],
    [
      'rows without partners are lost',
      'SELECT p.id, (SELECT u.name FROM users u WHERE u.id = p.user_id) AS name FROM posts p',
      'SELECT p.id, u.name FROM posts p JOIN users u ON u.id = p.user_id',
    ],
    [
      'what is multiplied is counted once',
      'SELECT u.id, count(p.id) FROM users u LEFT JOIN posts p ON p.user_id = u.id LEFT JOIN comments c ON c.user_id = u.id GROUP BY u.id',
      'SELECT u.id, p.count FROM users u LEFT JOIN LATERAL (SELECT count(p.id) FROM posts p WHERE p.user_id = u.id) p ON true',
    ],
    [
      'a sum of nothing is NULL',
      'SELECT u.id, sum(CASE WHEN p.score > 1 THEN 1 ELSE 0 END) FROM users u LEFT JOIN posts p ON p.user_id = u.id GROUP BY u.id',
      'SELECT u.id, p.sum FROM users u LEFT JOIN LATERAL (SELECT sum(CASE WHEN p.score > 1 THEN 1 ELSE 0 END) FROM posts p WHERE p.user_id = u.id) p ON true',
    ],
    [
      'NULLs are counted',
      'SELECT id FROM users u WHERE (SELECT count(p.title) FROM posts p WHERE p.user_id = u.id) > 0',
      'SELECT id FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE p.user_id = u.id)',
    ],
    [
      'the order is another',
      'SELECT id FROM posts ORDER BY score DESC, id',
      'SELECT id FROM posts ORDER BY score, id',
    ],
    ['a column has another name', 'SELECT id, score FROM posts', 'SELECT id, score AS points FROM posts'],
    [
      'a column has another type',
      'SELECT id, score FROM posts',
      'SELECT id, score::text AS score FROM posts',
    ],
    [
      'a parameter has another type',
      'SELECT id FROM posts WHERE id::text = $1',
      'SELECT id FROM posts WHERE id = $1',
    ],
    [
      'a hash is that of another column',
      "SELECT id FROM users WHERE md5(name) = '525ac610982920ef37b34aa56a45cd06'",
      "SELECT id FROM users WHERE md5(mood::text) = '525ac610982920ef37b34aa56a45cd06'",
    ],
    [
      'a condition is missing',
      "SELECT id FROM users WHERE name = 'x' AND active",
      "SELECT id FROM users WHERE name = 'x'",
    ],
  ])('refused: %s', async (_, one, other) => {
    expect(await compare(one, other)).toEqual({ kind: 'different' });
  });

  test.each([
    [
      'rows that sort alike in any order',
      'SELECT id FROM posts ORDER BY score',
      'SELECT p.id FROM (SELECT * FROM posts ORDER BY id DESC) p ORDER BY p.score',
    ],
    [
      'the same hash',
      "SELECT id FROM users WHERE md5(name) = 'x'",
      "SELECT id FROM users u WHERE 'x' = md5(u.name)",
    ],
    [
      'the same page',
      'SELECT id FROM posts ORDER BY score LIMIT 3',
      'SELECT p.id FROM posts p ORDER BY p.score LIMIT 3',
    ],
    ['the same label', 'SELECT id FROM users WHERE mood = $1', 'SELECT id FROM users WHERE $1 = mood'],
  ])('accepted: %s', async (_, one, other) => {
    expect(await compare(one, other)).toEqual({ kind: 'same' });
  });

  test.each([
    ['nothing is returned', "SELECT id FROM users WHERE name ~ '^a+b$'", 'no row'],
    ['it is another result each time', 'SELECT id FROM users WHERE random() < 0.5', 'calls `random`'],
    ['it is always the same', 'SELECT 1 AS one', 'the same whatever'],
    ['it fails', 'SELECT 1 / (id - id) AS one FROM users', 'no row'],
  ])('open: %s', async (_, sql, reason) => {
    expect(await compare(sql, sql)).toEqual({ kind: 'open', reason: expect.stringMatching(reason) });
  });

  test('nothing that a query does stays', async () => {
    await compare('SELECT id FROM users', 'SELECT id FROM users');
    const rows = await stage.session.query('SELECT count(*)::int AS count FROM users');
    expect(rows).toEqual([{ count: 0 }]);
  });
});
