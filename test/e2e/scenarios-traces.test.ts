import { beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';
import { insightOf, reviewScenario, rulesOf } from '../support/scenario.ts';
import { Traced } from '../support/traced.ts';

/** What applications were seen to do: given this capture, the review says this. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-traces-test');
});

const airlines = {
  base: `CREATE TABLE aircrafts (aircraft_code text PRIMARY KEY, model text NOT NULL);
    CREATE TABLE seats (aircraft_code text NOT NULL REFERENCES aircrafts, seat_no text NOT NULL,
      PRIMARY KEY (aircraft_code, seat_no));`,
  change: ["COMMENT ON TABLE seats IS 'Seats of each aircraft';"],
  config:
    'tables:\n  aircrafts: { rows: 300 }\n  seats: { rows: 60k, columns: { aircraft_code: { distinct: 300 } } }\n',
};

const orders = {
  base: `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL);
    CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL);`,
  change: ["COMMENT ON TABLE orders IS 'What was bought';"],
  config: 'tables:\n  orders: { rows: 5M }\n  events: { rows: 50M }\n',
};

describe('scenario 3: aircrafts, then the seats of each', () => {
  const list = 'SELECT aircraft_code, model FROM aircrafts ORDER BY aircraft_code';
  const seats = 'SELECT seat_no FROM seats WHERE aircraft_code = $1';
  const codes = ['319', '320', '321', '733', '763', '773', 'CN1', 'CR2', 'SU9'];

  test('names the route, how often, the query before, and one query for all, which was tried', async () => {
    const sent = new Traced({ route: 'GET /aircrafts' }).send(list);
    for (const code of [...codes, ...codes.map((each) => `${each}x`)]) sent.send(seats, [code]);
    const found = insightOf(
      await reviewScenario(commandLine, { ...airlines, queries: sent.text }),
      'trace/n-plus-one',
    );
    expect(found).toMatchObject({ severity: 'medium', subject: { kind: 'trace', name: 'GET /aircrafts' } });
    expect(found.summary).toContain(
      'sends it 18 times, once for each row of `SELECT aircraft_code, model FROM aircrafts',
    );
    expect(found.evidence.sql).toBe(seats);
    const [remedy] = found.remediation;
    expect(remedy).toMatchObject({
      kind: 'query',
      text: 'SELECT aircraft_code, seat_no FROM seats WHERE aircraft_code = ANY ($1)',
      verified: true,
      effect: { unit: 'planner cost' },
    });
    expect(remedy?.effect?.after).toBeLessThan(remedy?.effect?.before ?? 0);
  });

  test('two queries whatever the number of rows are healthy', async () => {
    const sent = new Traced({ route: 'GET /aircrafts' })
      .send(list)
      .send('SELECT aircraft_code, seat_no FROM seats WHERE aircraft_code = ANY ($1)', [codes]);
    const result = await reviewScenario(commandLine, { ...airlines, queries: sent.text });
    expect(rulesOf(result).filter((rule) => rule.startsWith('trace/'))).toEqual([]);
  });

  test('it is introduced where the base was captured without it', async () => {
    const before = new Traced({ route: 'GET /aircrafts' }).send(list);
    const after = new Traced({ route: 'GET /aircrafts' }).send(list);
    for (const code of [...codes, 'x1', 'x2', 'x3']) after.send(seats, [code]);
    const result = await reviewScenario(commandLine, {
      ...airlines,
      queries: after.text,
      earlierQueries: before.text,
    });
    expect(insightOf(result, 'trace/n-plus-one').origin).toBe('introduced');
    expect(insightOf(result, 'trace/query-count-regression')).toMatchObject({
      origin: 'introduced',
      evidence: { facts: { before: 1, after: 13 } },
    });
    const same = await reviewScenario(commandLine, {
      ...airlines,
      queries: after.text,
      earlierQueries: after.text,
    });
    expect(insightOf(same, 'trace/n-plus-one').origin).toBe('existing');
  });
});

test('scenario 1: a profile with its collections in one query', async () => {
  const collections = ['photos', 'posts', 'likes', 'friends', 'groups', 'events', 'badges'];
  const base = [
    'CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);',
    ...collections.map(
      (
        name,
      ) => `CREATE TABLE ${name} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL);
        CREATE INDEX ON ${name} (user_id);`,
    ),
  ].join('\n');
  const joins = collections.map((name) => `LEFT JOIN ${name} ON ${name}.user_id = users.id`).join(' ');
  const sent = new Traced({ route: 'GET /users/:id' }).send(
    `SELECT * FROM users ${joins} WHERE users.id = $1`,
    [42],
    { rows: 300_000, durationMs: 25_000 },
  );
  const change = ["COMMENT ON TABLE users IS 'People';"];
  const result = await reviewScenario(commandLine, {
    base,
    change,
    config: 'tables:\n  users: { rows: 2M }\n',
    queries: sent.text,
  });
  const found = insightOf(result, 'trace/eager-load-explosion');
  expect(found).toMatchObject({ severity: 'high', evidence: { facts: { rows: 300_000, parents: 1 } } });
  expect(found.remediation[0]?.text).toContain('SELECT * FROM public.photos WHERE user_id = ANY ($1);');
  expect(insightOf(result, 'trace/slow-span').severity).toBe('high');
});

describe('scenario 19: the scope of a transaction is hidden', () => {
  test('a call of three seconds within one', async () => {
    const sent = new Traced({ route: 'POST /orders/:id/payment', service: 'shop' })
      .send('BEGIN ISOLATION LEVEL REPEATABLE READ')
      .send('SELECT id, status FROM orders WHERE id = $1 FOR UPDATE', [42])
      .send("UPDATE orders SET status = 'paid' WHERE id = $1", [42], { after: 3_000 })
      .send('COMMIT');
    const found = insightOf(
      await reviewScenario(commandLine, { ...orders, queries: sent.text }),
      'trace/long-transaction',
    );
    expect(found).toMatchObject({ severity: 'medium', evidence: { facts: { gap: 3_000, service: 'shop' } } });
    expect(found.summary).toContain('`POST /orders/:id/payment of shop`');
    expect(found.summary).toContain('begun with `BEGIN ISOLATION LEVEL REPEATABLE READ`');
    expect(found.summary).toContain('after `SELECT id, status FROM orders');
  });

  test('every statement commits alone', async () => {
    const sent = new Traced({ route: 'POST /orders/import' });
    for (let id = 1; id <= 40; id += 1) {
      sent.send('UPDATE orders SET status = $2 WHERE id = $1', [id, 'open']);
      sent.send('INSERT INTO events (order_id) VALUES ($1)', [id]);
    }
    const found = insightOf(
      await reviewScenario(commandLine, { ...orders, queries: sent.text }),
      'trace/chatty-transaction',
    );
    expect(found).toMatchObject({ severity: 'medium', evidence: { facts: { count: 80 } } });
  });
});

test('scenario 20: the schema is changed at start-up, but migrations are none of that', async () => {
  const started = new Traced({ trace: 'shop-1', service: 'shop' })
    .send('SELECT version()')
    .send("SELECT * FROM information_schema.tables WHERE table_schema = 'public'")
    .send('CREATE TEMPORARY TABLE chosen (id bigint)')
    .send('DROP TABLE chosen')
    .send('ALTER TABLE orders ADD COLUMN note text')
    .send('CREATE INDEX orders_note_idx ON orders (note)');
  const migrated = new Traced({ trace: 'job-1', service: 'migrations' })
    .send('ALTER TABLE orders ADD COLUMN other text')
    .send('INSERT INTO schema_migrations (version) VALUES ($1)', ['20261120']);
  const result = await reviewScenario(commandLine, { ...orders, queries: started.text + migrated.text });
  const found = result.insights.filter(({ rule }) => rule === 'trace/ddl-at-run-time');
  expect(found.map(({ summary }) => summary)).toEqual([
    '`session shop-1 of shop` sends `ALTER TABLE orders ADD COLUMN note text` and 1 more statements that change the schema',
  ]);
});

test('scenario 22: several services, each with a capture of its own', async () => {
  const list = (service: string) => {
    const sent = new Traced({ route: `GET /${service}` }).send('SELECT id, status FROM orders LIMIT 12');
    for (let id = 1; id <= 12; id += 1) sent.send('SELECT id FROM events WHERE order_id = $1', [id]);
    return sent.text;
  };
  using project = new TestProject({
    'migrations/0001_base.sql': orders.base,
    'migrations/0002_change.sql': 'ALTER TABLE events RENAME COLUMN order_id TO order_key;',
    '.github/pg-guardrails.yml': orders.config,
    'a.ndjson': list('orders'),
    'b.jsonl': list('billing'),
  });
  const named = ['--workload', 'orders=a.ndjson', 'billing=b.jsonl'];
  const { review } = await commandLine.run(project.root, 'check', '--new', '0002_change.sql', ...named);
  if (review === null) throw new Error('no review');
  const loops = review.insights.filter(({ rule }) => rule === 'trace/n-plus-one');
  expect(loops.map(({ subject }) => subject.name).toSorted()).toEqual([
    'GET /billing of billing',
    'GET /orders of orders',
  ]);
  const broken = insightOf(review, 'compatibility/breaks-query');
  expect(JSON.stringify(broken)).toContain('billing');
  expect(JSON.stringify(broken)).toContain('orders');
});

test('scenario 16: a data migration that loads each row and saves it again', async () => {
  const sent = new Traced({ trace: 'migrate' }).send('SELECT id, status FROM orders');
  for (let id = 1; id <= 60; id += 1) sent.send('UPDATE orders SET status = $2 WHERE id = $1', [id, 'new']);
  const found = insightOf(
    await reviewScenario(commandLine, { ...orders, queries: sent.text }),
    'trace/n-plus-one-writes',
  );
  expect(found.evidence.facts['count']).toBe(60);
});
