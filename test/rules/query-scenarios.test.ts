import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { TestServer, testedVersions } from '../support/server.ts';

describe.each(testedVersions)('queries of which people told, on PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function insightsOf(base: string, config: string, query: string): Promise<readonly Insight[]> {
    const queries = `-- name: told\n${query};\n`;
    const review = await runExample(server.sandbox, { base, config, change: {}, queries });
    expect(review.unchecked).toEqual([]);
    return review.insights.filter(({ rule }) => rule.startsWith('query/'));
  }

  const levels = (insights: readonly Insight[]) =>
    insights.map(({ rule, severity }) => `${rule} ${severity}`);

  test('a profile that is loaded with seven LEFT JOINs', async () => {
    const collections = ['posts', 'photos', 'friends', 'likes', 'messages', 'groups', 'visits'];
    const base = `CREATE TABLE profiles (id bigint PRIMARY KEY, name text NOT NULL);
      ${collections
        .map(
          (
            name,
          ) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, profile_id bigint NOT NULL REFERENCES profiles);
            CREATE INDEX ON ${name} (profile_id);`,
        )
        .join('\n')}`;
    const config = `tables: { profiles: { rows: 100k }, ${collections.map((name) => `${name}: { rows: 600k }`).join(', ')} }`;
    const insights = await insightsOf(
      base,
      config,
      `SELECT p.name, ${collections.map((name) => `${name}.id`).join(', ')} FROM profiles p
       ${collections.map((name) => `LEFT JOIN ${name} ON ${name}.profile_id = p.id`).join('\n')} WHERE p.id = $1`,
    );
    const joined = insights.find(({ rule }) => rule === 'query/tables-joined');
    expect(joined?.severity).toBe('high');
    expect(joined?.evidence.facts).toEqual({
      tables: 8,
      fanOut: 7,
      many: 'posts, photos, friends, likes, messages, groups and visits',
    });
  });

  test('departures of an airport', async () => {
    const insights = await insightsOf(
      `CREATE SCHEMA bookings;
       CREATE TABLE bookings.flights (
         flight_id int PRIMARY KEY, flight_no char(6) NOT NULL, scheduled_departure timestamptz NOT NULL,
         scheduled_arrival timestamptz NOT NULL, departure_airport char(3) NOT NULL, arrival_airport char(3) NOT NULL,
         status varchar(20) NOT NULL, aircraft_code char(3) NOT NULL, actual_departure timestamptz, actual_arrival timestamptz
       )`,
      'tables: { bookings.flights: { rows: 345142, columns: { departure_airport: { distinct: 104, common: { AAQ: 0.27% } } } } }',
      "SELECT * FROM bookings.flights WHERE departure_airport = 'AAQ'",
    );
    expect(levels(insights)).toEqual([
      'query/rows-filtered critical',
      'query/rows-read high',
      'query/missing-index medium',
      'query/select-star low',
    ]);
    expect(insights[0]?.evidence.scans).toEqual([
      {
        table: 'bookings.flights',
        access: 'Seq Scan',
        index: null,
        rowsRead: 345_142,
        rowsFiltered: expect.any(Number),
        cost: expect.any(Number),
      },
    ]);
  });

  test('an admin page that counts everything of every user', async () => {
    const counted = ['posts', 'comments', 'logins', 'orders', 'tickets'];
    const single = ['plans', 'teams', 'countries'];
    const base = `
      ${single.map((name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, name text NOT NULL);`).join('\n')}
      CREATE TABLE users (
        id bigint PRIMARY KEY, email text NOT NULL, active boolean NOT NULL, admin boolean NOT NULL, banned boolean NOT NULL,
        ${single.map((name) => `${name}_id bigint NOT NULL REFERENCES ${name}`).join(', ')}
      );
      ${counted
        .map(
          (name) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);
            CREATE INDEX ON ${name} (user_id);`,
        )
        .join('\n')}`;
    const config = `tables: { users: { rows: 20k }, ${counted.map((name) => `${name}: { rows: 100k }`).join(', ')},
      ${single.map((name) => `${name}: { rows: 100 }`).join(', ')} }`;
    const insights = await insightsOf(
      base,
      config,
      `SELECT DISTINCT users.id, users.email, plans.name AS plan, teams.name AS team, countries.name AS country,
         ${counted.map((name) => `COUNT(${name}.id) AS ${name}`).join(', ')},
         CASE WHEN users.active THEN 'active' ELSE 'idle' END AS state,
         CASE WHEN users.admin THEN 'admin' ELSE 'member' END AS role,
         CASE WHEN users.banned THEN 'banned' ELSE 'welcome' END AS standing
       FROM users
         ${single.map((name) => `LEFT OUTER JOIN ${name} ON ${name}.id = users.${name}_id`).join('\n')}
         ${counted.map((name) => `LEFT OUTER JOIN ${name} ON ${name}.user_id = users.id`).join('\n')}
       GROUP BY users.id, plans.name, teams.name, countries.name
       ORDER BY users.id`,
    );
    const fanOut = insights.find(({ rule }) => rule === 'query/aggregate-fan-out');
    expect(fanOut?.severity).toBe('critical');
    const { joins, many, rows, groups, wrong } = fanOut?.evidence.facts ?? {};
    expect({ joins, many, wrong }).toEqual({
      joins: 5,
      many: 'posts, comments, logins, orders and tickets',
      wrong: 'count(posts.id)',
    });
    // Five of each for every user: 20,000 times 3,125.
    expect(Number(rows) / 62_500_000).toBeCloseTo(1, 1);
    expect(groups).toBe(20_000);
  });
});
