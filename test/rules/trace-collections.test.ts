import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { TestServer } from '../support/server.ts';
import { Traced } from '../support/traced.ts';

/** Collections that one query loads together: which multiplies by how much, and what it costs to load them apart. */

const base = `
  CREATE TABLE companies (id bigint PRIMARY KEY, name text NOT NULL);
  CREATE TABLE users (id bigint PRIMARY KEY, country text NOT NULL, company_id bigint NOT NULL REFERENCES companies);
  CREATE INDEX users_country_idx ON users (country, id);
  CREATE TABLE photos (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, url text NOT NULL);
  CREATE INDEX photos_user_id_idx ON photos (user_id);
  CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, text text NOT NULL);
  CREATE INDEX posts_user_id_idx ON posts (user_id);
  CREATE TABLE comments (id bigint PRIMARY KEY, post_id bigint NOT NULL REFERENCES posts, text text NOT NULL);
  CREATE INDEX comments_post_id_idx ON comments (post_id);`;

const config = `tables:
  companies: { rows: 10k }
  users: { rows: 2M, columns: { country: { distinct: 200 } } }
  photos: { rows: 80M, columns: { user_id: { distinct: 2M } } }
  posts: { rows: 50M, columns: { user_id: { distinct: 2M } } }
  comments: { rows: 200M, columns: { post_id: { distinct: 50M } } }
`;

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

async function told(
  sql: string,
  params: readonly unknown[] = [],
  more: Readonly<Record<string, number>> = {},
): Promise<Insight | null> {
  const sent = new Traced({ route: 'GET /users' }).send(sql, params, more);
  const example = { base, config, change: {}, queries: null, captured: sent.text };
  const { insights } = await runExample(server.sandbox, example);
  return insights.find(({ rule }) => rule === 'trace/eager-load-explosion') ?? null;
}

const collections = 'LEFT JOIN photos p ON p.user_id = u.id LEFT JOIN posts o ON o.user_id = u.id';

describe('one row', () => {
  test('is told with what each join makes of it, and is cheaper apart', async () => {
    const found = await told(
      `SELECT u.id, p.id, p.url, o.text FROM users u ${collections} WHERE u.id = $1`,
      [42],
      { rows: 36_000 },
    );
    expect(found?.summary).toBe(
      '`GET /users` gets 36,000 rows for 1 of `users`: photos and posts are joined side by side, and each repeats the rows of the others (photos × 40, posts × 25 for one)',
    );
    const [remedy] = found?.remediation ?? [];
    expect(remedy).toMatchObject({
      kind: 'query',
      title: 'One query for each collection, 3 in all',
      verified: true,
      effect: { unit: 'planner cost' },
    });
    expect(remedy?.effect?.after).toBeLessThan(remedy?.effect?.before ?? 0);
    expect(remedy?.text.replaceAll(/\s+/g, ' ')).toBe(
      '-- 66 rows in all, in place of 1,000 SELECT u.id FROM users AS u WHERE u.id = $1; SELECT p.user_id, p.id, p.url FROM photos AS p WHERE p.user_id = $1; SELECT o.user_id, o.text FROM posts AS o WHERE o.user_id = $1;',
    );
  });

  test('is told by what is planned, where the capture has the rows of a test', async () => {
    const found = await told(`SELECT * FROM users u ${collections} WHERE u.id = $1`, [42], { rows: 4 });
    expect(found).toMatchObject({
      severity: 'low',
      confidence: 'planned at production size',
      evidence: { facts: { parents: 1, rows: 1_000 } },
    });
  });

  test('keeps the comments of each post with the posts', async () => {
    const found = await told(
      `SELECT * FROM users u ${collections} LEFT JOIN comments c ON c.post_id = o.id JOIN companies k ON k.id = u.company_id WHERE u.id = $1`,
      [42],
      { rows: 36_000 },
    );
    expect(found?.evidence.facts).toMatchObject({
      many: 'photos and comments',
      each: 'photos × 40, comments × 100',
    });
    expect(found?.remediation[0]?.text.replaceAll(/\s+/g, ' ')).toContain(
      'SELECT u.*, k.* FROM users AS u JOIN companies AS k ON k.id = u.company_id WHERE u.id = $1; SELECT p.* FROM photos AS p WHERE p.user_id = $1; SELECT o.*, c.* FROM posts AS o LEFT JOIN comments AS c ON c.post_id = o.id WHERE o.user_id = $1;',
    );
  });
});

describe('a list', () => {
  test('is told by rows against those of its first table', async () => {
    const found = await told(
      `SELECT * FROM users u ${collections} WHERE u.country = $1 ORDER BY u.id, p.id`,
      ['Iceland'],
      { rows: 50_000 },
    );
    expect(found).toMatchObject({ severity: 'critical', evidence: { facts: { parents: 10_000 } } });
    const [remedy] = found?.remediation ?? [];
    expect(remedy).toMatchObject({ verified: true });
    expect(remedy?.text.replaceAll(/\s+/g, ' ')).toContain(
      'SELECT u.* FROM users AS u WHERE u.country = $1 ORDER BY u.id; SELECT p.* FROM photos AS p WHERE p.user_id = ANY ($1) ORDER BY p.id;',
    );
  });

  test('of a page is told where the page is cut before it is joined', async () => {
    const found = await told(
      `SELECT * FROM (SELECT * FROM users WHERE country = $1 ORDER BY id LIMIT 50) u ${collections}`,
      ['Iceland'],
      { rows: 20 },
    );
    expect(found).toMatchObject({ severity: 'medium', evidence: { facts: { parents: 50, root: 'u' } } });
    expect(found?.remediation[0]).toMatchObject({ verified: true });
  });

  test('of a page is told where its LIMIT counts the rows of the joins', async () => {
    const found = await told(
      `SELECT * FROM users u ${collections} WHERE u.country = $1 ORDER BY u.id LIMIT 50`,
      ['Iceland'],
      { rows: 50 },
    );
    expect(found).toMatchObject({ severity: 'medium', evidence: { facts: { parents: 1, page: 50 } } });
    expect(found?.summary).toContain('its LIMIT of 50 counts those rows');
  });

  test('of rows that must have some of a collection asks for that', async () => {
    const found = await told(
      `SELECT u.id, p.url, o.text FROM users u JOIN photos p ON p.user_id = u.id LEFT JOIN posts o ON o.user_id = u.id WHERE u.country = $1`,
      ['Iceland'],
    );
    expect(found?.remediation[0]?.text.replaceAll(/\s+/g, ' ')).toContain(
      'SELECT u.id FROM users AS u WHERE u.country = $1 AND EXISTS (SELECT FROM photos AS p WHERE p.user_id = u.id);',
    );
  });
});

describe('nothing is said of', () => {
  test.each([
    [
      'one collection',
      'SELECT * FROM users u LEFT JOIN photos p ON p.user_id = u.id WHERE u.country = $1',
      400_000,
    ],
    [
      'counts',
      `SELECT u.id, count(*) FROM users u ${collections} WHERE u.country = $1 GROUP BY u.id`,
      10_000,
    ],
    [
      'joins to one',
      'SELECT * FROM photos p JOIN users u ON u.id = p.user_id JOIN companies k ON k.id = u.company_id WHERE u.country = $1',
      400_000,
    ],
  ])('%s', async (_, sql, rows) => {
    expect(await told(sql, ['Iceland'], { rows })).toBeNull();
  });

  test('one row of each', async () => {
    expect(
      await told(`SELECT * FROM users u ${collections} WHERE u.id = $1 LIMIT 1`, [1], { rows: 1 }),
    ).toBeNull();
  });
});
