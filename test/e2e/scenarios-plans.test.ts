import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight, Remediation } from '../../src/model/insight.ts';
import type { ProductionStatistics } from '../../src/model/production.ts';
import type { Review } from '../../src/model/review.ts';
import { CommandLine } from '../support/command-line.ts';
import { exported } from '../support/production.ts';
import { insightOf, reviewScenario, type Scenario } from '../support/scenario.ts';
import { TestServer } from '../support/server.ts';

/** Failures that people have told of: what a query's plan costs at production size, and what would mend it. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-plans-test');
});

function review(scenario: Scenario): Promise<Review> {
  return reviewScenario(commandLine, scenario);
}

const example = join(import.meta.dirname, '..', '..', 'examples', 'airlines');
const migrations = readdirSync(join(example, 'migrations')).filter((name) => name < '0005');
const airlines = {
  base: migrations.map((name) => readFileSync(join(example, 'migrations', name), 'utf8')).join('\n'),
  config: readFileSync(join(example, '.github', 'pg-guardrails.yml'), 'utf8').replace(
    / {2}- workload.ndjson/,
    '  - queries.ndjson',
  ),
  change: [],
};

const healthCheck = { sql: 'SELECT 1', route: 'GET /health' };

function lines(...queries: readonly object[]): string {
  return queries.map((query) => JSON.stringify(query)).join('\n');
}

function verified({ remediation }: Insight, kind: Remediation['kind']): Remediation {
  const found = remediation.find((each) => each.kind === kind && each.verified);
  if (found === undefined) throw new Error(`nothing of ${kind} is verified: ${JSON.stringify(remediation)}`);
  return found;
}

function insightAbout({ insights }: Review, rule: string, subject: string): Insight {
  const found = insights.find((each) => each.rule === rule && each.subject.name === subject);
  if (found === undefined) throw new Error(`no ${rule} about ${subject}`);
  return found;
}

const unrelated = 'CREATE TABLE bookings.notes (id bigint PRIMARY KEY);';

describe('scenario 2: a self-join made readable with a CTE', () => {
  const hash = "'525ac610982920ef37b34aa56a45cd06'";
  const joined = [1, 2, 3].map((index) => `c${index}`);
  const same = (key: string) => `c1.${key} = c2.${key} AND c2.${key} = c3.${key}`;
  const keys = ['ticket_no', 'flight_id', 'boarding_no', 'seat_no'].map(same).join(' AND ');
  const inline = `SELECT c1.* FROM ${joined.map((name) => `bookings.boarding_passes ${name}`).join(', ')}
    WHERE ${joined.map((name) => `md5(md5(${name}.ticket_no)) = ${hash}`).join(' AND ')} AND ${keys}`;
  const withCte = `WITH cte AS (SELECT *, md5(md5(ticket_no)) AS double_hash FROM bookings.boarding_passes)
    SELECT c1.ticket_no, c1.flight_id, c1.boarding_no, c1.seat_no FROM ${joined.map((name) => `cte ${name}`).join(', ')}
    WHERE ${joined.map((name) => `${name}.double_hash = ${hash}`).join(' AND ')} AND ${keys}`;

  test('costs more than what it replaces, and the inline form is offered', async () => {
    const result = await review({
      ...airlines,
      change: [unrelated],
      earlierQueries: lines({ sql: inline, route: 'GET /passes' }),
      queries: lines({ sql: withCte, route: 'GET /passes' }),
    });
    const regression = insightOf(result, 'query/plan-regression');
    expect(regression).toMatchObject({ origin: 'introduced', subject: { name: 'GET /passes' } });
    const rescanned = insightOf(result, 'query/cte-rescanned');
    expect(rescanned.origin).toBe('introduced');
    const mended = [regression, rescanned].flatMap(({ remediation }) => remediation);
    const rewrite = mended.find(({ kind, verified: tried }) => kind === 'query' && tried);
    expect(rewrite?.text).not.toMatch(/WITH cte AS \(/i);
    expect(rewrite?.effect?.after).toBeLessThan((rewrite?.effect?.before ?? 0) / 1.3);
    const [query] = result.queries;
    expect(query?.replaces).toBe(inline);
  });
});

describe('scenario 4: departures of one airport', () => {
  test('nearly all that is read is thrown away, and an index was tried', async () => {
    const sql = `SELECT flight_id, flight_no, scheduled_departure, scheduled_arrival, departure_airport, arrival_airport,
      status, aircraft_code, actual_departure, actual_arrival FROM bookings.flights WHERE departure_airport = $1`;
    const result = await review({
      ...airlines,
      // As in the talk: what is shown there was read without an index.
      change: [unrelated],
      config: airlines.config.replace('AAQ: 0.77%', 'AAQ: 0.27%'),
      earlierQueries: lines(healthCheck),
      queries: lines(healthCheck, { sql, params: ['AAQ'], route: 'GET /flights/departures/AAQ', calls: 100 }),
    });
    const about = (rule: string) => insightAbout(result, rule, 'GET /flights/departures/AAQ');
    const filtered = about('query/rows-filtered');
    expect(filtered).toMatchObject({ severity: 'critical', origin: 'introduced' });
    expect(filtered.evidence.facts).toMatchObject({ read: 345_138, table: 'bookings.flights' });
    expect(Number(filtered.evidence.facts['filtered']) / 344_000).toBeCloseTo(1, 1);
    expect(filtered.evidence.scans[0]).toMatchObject({
      table: 'bookings.flights',
      access: 'Seq Scan',
      index: null,
    });
    expect(about('query/rows-read').severity).toBe('high');
    const healthy = result.queries
      .find(({ origin }) => origin.route === 'GET /flights/departures/AAQ')
      ?.checks.filter(({ severity }) => severity === 'healthy')
      .map(({ rule }) => rule);
    expect(healthy).toEqual(
      expect.arrayContaining(['query/columns-returned', 'query/tables-joined', 'query/rows-returned']),
    );
    const index = verified(about('query/missing-index'), 'sql');
    expect(index.text).toMatch(/CREATE INDEX CONCURRENTLY \S+ ON bookings\.flights \(departure_airport/);
    expect(index.effect?.after).toBeLessThan((index.effect?.before ?? 0) / 3);
  });
});

describe('scenario 5: everyone on flight 1676', () => {
  const sql = `SELECT t.passenger_name, t.contact_data, tf.fare_conditions, tf.amount, f.actual_departure,
      dep.airport_name AS departure, arr.airport_name AS arrival, a.model, bp.seat_no, b.book_date, b.total_amount
    FROM bookings.ticket_flights tf
      JOIN bookings.tickets t ON t.ticket_no = tf.ticket_no
      JOIN bookings.bookings b ON b.book_ref = t.book_ref
      JOIN bookings.flights f ON f.flight_id = tf.flight_id
      JOIN bookings.airports_data dep ON dep.airport_code = f.departure_airport
      JOIN bookings.airports_data arr ON arr.airport_code = f.arrival_airport
      JOIN bookings.aircrafts_data a ON a.aircraft_code = f.aircraft_code
      LEFT JOIN bookings.boarding_passes bp ON bp.ticket_no = tf.ticket_no AND bp.flight_id = tf.flight_id
    WHERE f.flight_id = $1`;

  test('one scan is nearly all of its cost, and an index on that column was tried', async () => {
    const result = await review({
      ...airlines,
      change: [unrelated],
      earlierQueries: lines(healthCheck),
      queries: lines(healthCheck, { sql, params: [1676], route: 'GET /flights/1676', calls: 100 }),
    });
    const missing = insightAbout(result, 'query/missing-index', 'GET /flights/1676');
    expect(['critical', 'high']).toContain(missing.severity);
    const index = verified(missing, 'sql');
    expect(index.text).toMatch(/ON bookings\.ticket_flights \(flight_id\)/);
    expect(index.effect?.after).toBeLessThan((index.effect?.before ?? 0) / 50);
    const [costliest] = missing.evidence.scans;
    expect(costliest).toMatchObject({ table: 'bookings.ticket_flights' });
    expect(costliest?.access).toMatch(/Seq Scan/);
    expect(costliest?.cost).toBeGreaterThan((index.effect?.before ?? 0) * 0.9);
  });
});

describe('scenario 14: an index "just in case"', () => {
  test('nobody reads by it, a duplicate, and a table that carries many', async () => {
    const columns = Array.from({ length: 8 }, (_, index) => `c${index} integer`).join(', ');
    const result = await review({
      base: `CREATE TABLE orders (id bigint PRIMARY KEY, email text, ${columns});
        ${Array.from({ length: 8 }, (_, index) => `CREATE INDEX orders_c${index} ON orders (c${index});`).join('\n')}
        CREATE INDEX orders_email ON orders (email);`,
      change: [
        'CREATE INDEX CONCURRENTLY orders_c0_c1 ON orders (c0, c1);',
        'CREATE INDEX CONCURRENTLY orders_email_again ON orders (email);',
      ],
      config: 'tables:\n  orders: { rows: 20M }\n',
      queries: lines(
        { sql: 'SELECT * FROM orders WHERE id = $1', params: [1], calls: 1000 },
        { sql: 'INSERT INTO orders (id, email) VALUES ($1, $2)', params: [1, 'a'], calls: 5000 },
      ),
    });
    const unread = result.insights.filter(({ rule }) => rule === 'schema/index-without-reader');
    expect(unread.map(({ subject }) => subject.name).join()).toMatch(/orders_c0_c1/);
    expect(unread[0]?.summary).toMatch(/written|insert/i);
    expect(insightOf(result, 'schema/duplicate-index').summary).toContain('orders_email_again');
    expect(insightOf(result, 'schema/too-many-indexes').origin).toBe('introduced');
  });

  describe('by what production counted', () => {
    const base = `CREATE TABLE orders (id bigint PRIMARY KEY, email text, status text);
      CREATE INDEX orders_email ON orders (email);
      CREATE INDEX orders_status ON orders (status);`;
    const rows = `INSERT INTO orders SELECT i, md5(i::text), 'state ' || i % 5 FROM generate_series(1, 20000) i;
      ANALYZE orders;`;
    let statistics: string;
    beforeAll(async () => {
      await using server = await TestServer.start(18, 60_000, true);
      const database = await server.database(`${base}${rows}`);
      await using session = await server.sandbox.connect(database, 'owner');
      for (let scan = 0; scan < 40; scan += 1) {
        await session.query('SELECT id FROM orders WHERE email = $1', [String(scan)]);
      }
      await session.query('SELECT pg_stat_force_next_flush()');
      await session.query('SELECT 1');
      const { host, port, user, password } = server.sandbox.address(database);
      const url = `postgresql://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
      statistics = twentyDaysOf(await exported(url));
    });

    /** What was counted in a moment, as if it were every minute of twenty days. */
    function twentyDaysOf(moment: ProductionStatistics): string {
      const since = Date.parse(moment.takenAt) - 20 * 86_400_000;
      return JSON.stringify({
        ...moment,
        countersSince: new Date(since).toISOString(),
        relations: moment.relations.map((relation) => ({
          ...relation,
          indexes: relation.indexes.map((index) => ({
            ...index,
            scans: index.scans === null ? null : index.scans * 20 * 24 * 60,
          })),
        })),
      });
    }

    test('dropping a used one is told although no captured query uses it, and keeping an unused one', async () => {
      const result = await review({
        base,
        change: ['DROP INDEX CONCURRENTLY orders_email;'],
        config: '',
        queries: lines(healthCheck),
        statistics,
      });
      const dropped = insightOf(result, 'migration/index-dropped-in-use');
      expect(dropped).toMatchObject({ severity: 'medium', origin: 'introduced' });
      expect(dropped.summary).toContain('production scanned it 57,600 times a day');
      const unused = insightOf(result, 'schema/unused-index');
      expect(unused).toMatchObject({ origin: 'existing', subject: { name: 'public.orders_status' } });
      expect(unused.remediation[0]?.text).toBe('DROP INDEX CONCURRENTLY public.orders_status;');
      const [orders] = result.production?.tables ?? [];
      expect(orders).toMatchObject({ table: 'public.orders', rows: 20_000 });
      expect(orders?.indexes[0]).toMatchObject({ name: 'public.orders_email', scansPerDay: 57_600 });
    });

    test('dropping the unused one is nothing to warn of', async () => {
      const result = await review({
        base,
        change: ['DROP INDEX CONCURRENTLY orders_status;'],
        config: '',
        queries: lines(healthCheck),
        statistics,
      });
      const rules = result.insights.map(({ rule }) => rule);
      expect(rules).not.toContain('migration/index-dropped-in-use');
      expect(rules).not.toContain('schema/unused-index');
    });
  });
});

describe('scenario 15: the admin page', () => {
  const related = ['posts', 'comments', 'likes', 'follows', 'logins', 'orders', 'tickets', 'devices'];
  const base = `CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, role text NOT NULL, created_at timestamptz NOT NULL);
    ${related
      .map(
        (
          name,
        ) => `CREATE TABLE ${name} (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users, state text NOT NULL);
          CREATE INDEX ON ${name} (user_id);`,
      )
      .join('\n')}`;
  const counts = related.slice(0, 5).map((name) => `count(DISTINCT ${name}.id) AS ${name}_count`);
  const cases = related
    .slice(5, 8)
    .map((name) => `max(CASE WHEN ${name}.state = 'open' THEN 1 ELSE 0 END) AS has_open_${name}`);
  const sql = `SELECT DISTINCT users.id, users.email, ${[...counts, ...cases].join(', ')} FROM users
    ${related.map((name) => `LEFT OUTER JOIN ${name} ON ${name}.user_id = users.id`).join('\n')}
    GROUP BY users.id ORDER BY users.id LIMIT 50`;

  test('the joins multiply each other, and one lateral aggregate for each was tried', async () => {
    const result = await review({
      base,
      change: ['CREATE TABLE notes (id bigint PRIMARY KEY);'],
      config: `tables:\n  users: { rows: 100k }\n${related.map((name) => `  ${name}: { rows: 2M }`).join('\n')}\n`,
      earlierQueries: lines(healthCheck),
      queries: lines(healthCheck, { sql, route: 'GET /admin/users' }),
    });
    const fanOut = insightAbout(result, 'query/aggregate-fan-out', 'GET /admin/users');
    expect(['critical', 'high']).toContain(fanOut.severity);
    const rewrite = verified(fanOut, 'query');
    expect(rewrite.text).toMatch(/lateral/i);
    expect(rewrite.effect?.after).toBeLessThan((rewrite.effect?.before ?? 0) / 10);
  });
});
