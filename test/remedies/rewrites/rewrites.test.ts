import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { TestServer, testedVersions } from '../../support/server.ts';
import { Workbench } from './workbench.ts';

const schema = `
  CREATE TABLE users (id int PRIMARY KEY, email text NOT NULL, name text, created_at timestamptz NOT NULL, born date);
  CREATE TABLE posts (id int PRIMARY KEY, user_id int NOT NULL REFERENCES users, title text, score int,
    published boolean NOT NULL DEFAULT true, written_at timestamp NOT NULL);
  CREATE TABLE comments (id int PRIMARY KEY, post_id int REFERENCES posts,
    user_id int NOT NULL REFERENCES users, body text);
  CREATE INDEX ON users (created_at);
  CREATE INDEX ON users (born);
  CREATE INDEX ON posts (user_id);
  CREATE INDEX ON posts (written_at);
  CREATE INDEX ON posts (score);
  CREATE INDEX ON comments (post_id);
  CREATE INDEX ON comments (user_id);
`;

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  let bench: Workbench;
  beforeAll(async () => {
    server = await TestServer.start(major);
    bench = await Workbench.build(server, schema, { users: 1e5, posts: 1e6, comments: 1e7 });
  });
  afterAll(() => server[Symbol.asyncDispose]());

  /** Titles with whether they are verified, and the texts. */
  async function forms(sql: string, samples: readonly (readonly unknown[])[] = []) {
    const found = await bench.rewrites(sql, samples);
    return found.map(({ verdict, sql: text }) => [verdict.kind, text]);
  }

  describe('NOT IN', () => {
    test('is an anti-join where nothing is NULL', async () => {
      expect(await forms('SELECT id FROM users WHERE id NOT IN (SELECT user_id FROM posts)')).toEqual([
        [
          'verified',
          'SELECT id FROM users WHERE NOT (EXISTS (SELECT 1 FROM posts WHERE posts.user_id = users.id))',
        ],
      ]);
    });
    test('is only advice where a NULL makes a difference', async () => {
      const [found] = await bench.rewrites(
        'SELECT id FROM posts WHERE id NOT IN (SELECT post_id FROM comments)',
      );
      expect(found?.verdict).toEqual({ kind: 'advice', reason: expect.stringContaining('NULL') });
    });
  });

  describe('common table expressions', () => {
    test('are planned as part of the query', async () => {
      expect(
        await forms(
          'WITH p AS (SELECT id, user_id, title FROM posts) SELECT a.title FROM p a JOIN p b ON a.user_id = b.user_id WHERE b.id = $1',
          [[5]],
        ),
      ).toEqual([['verified', expect.stringContaining('p AS NOT MATERIALIZED (SELECT id')]]);
    });
  });

  describe('functions on columns', () => {
    test.each([
      [
        "SELECT id FROM users WHERE date(created_at) = '2026-01-02'",
        "created_at >= '2026-01-02'::date AND created_at < ('2026-01-02'::date + 1)",
      ],
      ['SELECT id FROM users WHERE created_at::date >= $1', 'created_at >= CAST($1 AS date)'],
      [
        "SELECT id FROM users WHERE created_at::date BETWEEN '2026-01-02' AND '2026-01-04'",
        "created_at < ('2026-01-04'::date + 1)",
      ],
      [
        "SELECT id FROM posts WHERE date_trunc('month', written_at) = '2026-02-01'",
        "written_at >= '2026-02-01'::timestamp AND written_at < ('2026-02-01'::timestamp + '1 month'::interval)",
      ],
      [
        "SELECT id FROM users WHERE date_trunc('day', created_at) = $1",
        "date_trunc('day', CAST($1 AS timestamptz)) = CAST($1 AS timestamptz)",
      ],
      [
        'SELECT id FROM users WHERE extract(year from born) = 2026',
        "born >= '2026-01-01'::date AND born < '2027-01-01'::date",
      ],
      ['SELECT id FROM posts WHERE score + 1 = 5', 'score = 4'],
      ['SELECT id FROM posts WHERE $1 > score - 2', 'score < ($1 + 2)'],
      ["SELECT title FROM posts WHERE id::text = '5'", 'id = 5'],
    ])('%s', async (sql, expected) => {
      expect(await forms(sql)).toEqual([['verified', expect.stringContaining(expected)]]);
    });
    test.each([
      "SELECT id FROM users WHERE lower(email) = 'a@example.com'",
      "SELECT id FROM users WHERE date_trunc('month', created_at) > '2026-02-03'",
      'SELECT id FROM users WHERE created_at::date = now()',
      "SELECT title FROM posts WHERE id::text = '05'",
    ])('none: %s', async (sql) => {
      expect(await forms(sql)).toEqual([]);
    });
  });

  describe('counting', () => {
    test('to see whether there is a row', async () => {
      expect(await forms('SELECT count(*) > 0 FROM comments WHERE user_id < $1')).toEqual([
        ['verified', 'SELECT EXISTS (SELECT 1 FROM comments WHERE user_id < $1) AS "?column?"'],
      ]);
      expect(
        await forms(
          'SELECT id FROM users u WHERE (SELECT count(post_id) FROM comments c WHERE c.user_id = u.id) = 0',
        ),
      ).toContainEqual([
        'verified',
        'SELECT id FROM users AS u WHERE NOT (EXISTS (SELECT 1 FROM comments AS c WHERE c.user_id = u.id AND post_id IS NOT NULL))',
      ]);
    });
    test('how many there are stays', async () => {
      expect(await forms('SELECT count(*) > 1 FROM comments WHERE user_id = 5')).toEqual([]);
    });
  });

  describe('correlated subqueries', () => {
    test('that count are computed for all at once', async () => {
      expect(
        await forms('SELECT u.name, (SELECT count(*) FROM comments c WHERE c.user_id = u.id) FROM users u'),
      ).toEqual([
        [
          'verified',
          'SELECT u.name, COALESCE(c_by_key.value, 0) AS count FROM users AS u LEFT JOIN (SELECT c.user_id AS key, count(*) AS value FROM comments AS c GROUP BY c.user_id) AS c_by_key ON c_by_key.key = u.id',
        ],
      ]);
    });
    test('that look up a key are joins', async () => {
      expect(
        await forms('SELECT p.title, (SELECT u.name FROM users u WHERE u.id = p.user_id) FROM posts p'),
      ).toEqual([
        [
          'verified',
          'SELECT p.title, u.name AS name FROM posts AS p LEFT JOIN users AS u ON u.id = p.user_id',
        ],
      ]);
    });
    test('that are asked for few rows stay', async () => {
      expect(
        await forms(
          'SELECT u.name, (SELECT count(*) FROM comments c WHERE c.user_id = u.id) FROM users u WHERE u.id = $1',
        ),
      ).toEqual([]);
    });
  });

  describe('OR across tables', () => {
    test('is asked branch by branch', async () => {
      expect(
        await forms(
          'SELECT p.id, c.body FROM posts p JOIN comments c ON c.post_id = p.id WHERE p.id = $1 OR c.user_id = $2 ORDER BY p.id',
        ),
      ).toEqual([
        [
          'verified',
          'SELECT p.id, c.body FROM posts AS p JOIN comments AS c ON c.post_id = p.id WHERE p.id = $1 UNION ALL SELECT p.id, c.body FROM posts AS p JOIN comments AS c ON c.post_id = p.id WHERE c.user_id = $2 AND p.id = $1 IS NOT TRUE ORDER BY id',
        ],
      ]);
    });
    test('of one table stays', async () => {
      expect(await forms('SELECT id FROM posts WHERE id = 1 OR user_id = 2')).toEqual([]);
    });
  });

  describe('DISTINCT over joins', () => {
    test('asks for EXISTS', async () => {
      expect(
        await forms(
          'SELECT DISTINCT u.id, u.name FROM users u JOIN comments c ON c.user_id = u.id LEFT JOIN posts p ON p.user_id = u.id WHERE c.body = $1',
        ),
      ).toEqual([
        [
          'verified',
          'SELECT u.id, u.name FROM users AS u WHERE EXISTS (SELECT 1 FROM comments AS c WHERE c.body = $1 AND c.user_id = u.id)',
        ],
      ]);
    });
    test('stays where the joined table is shown', async () => {
      expect(
        await forms('SELECT DISTINCT u.id, c.body FROM users u JOIN comments c ON c.user_id = u.id'),
      ).toEqual([]);
    });
  });

  describe('aggregates over several joins', () => {
    test('are computed one by one', async () => {
      const [[kind, text] = []] = await forms(
        `SELECT DISTINCT u.*, count(DISTINCT p.id) AS posts, count(DISTINCT CASE WHEN c.body = 'x' THEN c.id END) AS xs, max(c.id), count(DISTINCT d.id)
         FROM users u LEFT OUTER JOIN posts p ON p.user_id = u.id LEFT OUTER JOIN comments c ON c.user_id = u.id
         LEFT JOIN comments d ON d.user_id = u.id WHERE u.id IN (1, 2, 3) GROUP BY u.id ORDER BY posts DESC, u.id LIMIT 20`,
      );
      expect(kind).toBe('verified');
      expect(text).toContain(
        'LEFT JOIN LATERAL (SELECT count(DISTINCT p.id) AS count FROM posts AS p WHERE p.user_id = u.id) AS p_totals ON true',
      );
      expect(text).not.toMatch(/GROUP BY|SELECT DISTINCT/);
    });
    test('are grouped before they are joined, where many rows are asked for', async () => {
      const [[kind, text] = []] = await forms(
        `SELECT u.id, count(DISTINCT p.id) AS posts, count(DISTINCT c.id) AS comments FROM users u
         LEFT JOIN posts p ON p.user_id = u.id LEFT JOIN comments c ON c.user_id = u.id
         GROUP BY u.id HAVING count(DISTINCT p.id) > 1`,
      );
      expect(kind).toBe('verified');
      expect(text).toContain('GROUP BY p.user_id) AS p_totals ON p_totals.key = u.id');
      expect(text).toContain('WHERE (COALESCE(p_totals.count, 0)) > 1');
    });
    test('that are multiplied are told to be wrong', async () => {
      const [found] = await bench.rewrites(
        `SELECT u.id, count(p.id), sum(c.id) FROM users u LEFT JOIN posts p ON p.user_id = u.id
         LEFT JOIN comments c ON c.user_id = u.id GROUP BY u.id`,
      );
      expect(found?.verdict).toEqual({
        kind: 'advice',
        reason: expect.stringContaining('`count` and `sum`'),
      });
    });
    test('over one join stay', async () => {
      expect(
        await forms(
          'SELECT u.id, count(p.id) FROM users u LEFT JOIN posts p ON p.user_id = u.id GROUP BY u.id',
        ),
      ).toEqual([]);
    });
  });

  describe('pages', () => {
    test('begin after the last row', async () => {
      const [found] = await bench.rewrites(
        'SELECT id, title FROM posts ORDER BY written_at DESC LIMIT 20 OFFSET 500000',
      );
      expect(found).toMatchObject({
        sql: 'SELECT id, title FROM posts WHERE (written_at, id) < (:last_written_at, :last_id) ORDER BY written_at DESC, id DESC LIMIT 20',
        verdict: { kind: 'advice' },
      });
      expect(found?.effect?.after).toBeLessThan((found?.effect?.before ?? 0) / 10);
    });
    test('of groups stay', async () => {
      expect(
        await forms('SELECT user_id FROM posts GROUP BY user_id ORDER BY user_id LIMIT 20 OFFSET 100'),
      ).toEqual([]);
    });
  });

  describe('stars', () => {
    test('are advice, as the columns they stand for', async () => {
      expect(await forms('SELECT p.*, u.name FROM posts p JOIN users u ON u.id = p.user_id')).toEqual([
        [
          'advice',
          'SELECT p.id, p.user_id, p.title, p.score, p.published, p.written_at, u.name FROM posts AS p JOIN users AS u ON u.id = p.user_id',
        ],
      ]);
    });
    test('of what is no table stay', async () => {
      expect(await forms('SELECT * FROM generate_series(1, 3) AS g(n)')).toEqual([]);
    });
  });
});
