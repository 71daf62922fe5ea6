import { beforeAll, describe, expect, test } from '@jest/globals';
import { CommandLine } from '../support/command-line.ts';
import { TestProject } from '../support/project.ts';
import { insightOf, reviewScenario } from '../support/scenario.ts';
import { Traced } from '../support/traced.ts';

/** What applications were seen to do: given this capture, the review says this. */

let commandLine: CommandLine;
beforeAll(async () => {
  commandLine = await CommandLine.bundled('scenarios-transactions-test');
});

const orders = {
  base: `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL);
    CREATE TABLE events (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL);`,
  change: ["COMMENT ON TABLE orders IS 'What was bought';"],
  config: 'tables:\n  orders: { rows: 5M }\n  events: { rows: 50M }\n',
};

describe('scenario 19: the scope of a transaction is hidden', () => {
  test('a call of three seconds within one', async () => {
    const sent = new Traced({ route: 'POST /orders/:id/payment', service: 'shop', file: 'src/payments.ts' })
      .send('BEGIN ISOLATION LEVEL REPEATABLE READ', [], { line: 40 })
      .send('SELECT id, status FROM orders WHERE id = $1 FOR UPDATE', [42])
      .send("UPDATE orders SET status = 'paid' WHERE id = $1", [42], { after: 3_000 })
      .send('COMMIT');
    const found = insightOf(
      await reviewScenario(commandLine, { ...orders, queries: sent.text }),
      'trace/long-transaction',
    );
    expect(found).toMatchObject({ severity: 'medium', evidence: { facts: { gap: 3_000, service: 'shop' } } });
    expect(found.summary).toContain('`POST /orders/:id/payment of shop`');
    expect(found.summary).toContain(
      'begun with `BEGIN ISOLATION LEVEL REPEATABLE READ` at `src/payments.ts:40`, at isolation level REPEATABLE READ',
    );
    expect(found.summary).toContain('while it holds locks on rows of `orders`');
    expect(found.summary).toContain(
      "its order: `BEGIN ISOLATION LEVEL REPEATABLE READ → SELECT id, status FROM orders WHERE id = $1 FOR UPDATE → UPDATE orders SET status = 'paid' WHERE id = $1 → COMMIT`",
    );
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
    expect(found.summary).toContain(
      "at the server's default isolation level; its order: `(UPDATE orders SET status = $2 WHERE id = $1 → INSERT INTO events (order_id) VALUES ($1)) × 40`",
    );
  });
});

describe('scenario 20: the schema is changed at start-up', () => {
  test('but migrations and temporary tables are none of that', async () => {
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
      '`session shop-1 of shop` sends `ALTER TABLE orders ADD COLUMN note text`, which changes the schema; so do CREATE INDEX orders_note_idx ON orders (note)',
    ]);
  });

  test('as libraries synchronise it', async () => {
    const started = new Traced({ trace: 'shop-1', service: 'shop' })
      .send('SELECT version()')
      .send(`SELECT * FROM "information_schema"."tables" WHERE "table_name" = 'typeorm_metadata'`)
      .send('BEGIN')
      .send('CREATE TABLE IF NOT EXISTS "sessions" ("sid" text PRIMARY KEY, "data" jsonb NOT NULL)')
      .send(`CREATE TYPE "orders_state_enum" AS ENUM('open', 'done')`)
      .send('ALTER TABLE "orders" ADD "state" "orders_state_enum"')
      .send('ALTER TABLE "orders" ADD CONSTRAINT "UQ_1" UNIQUE ("state")')
      .send('CREATE INDEX IF NOT EXISTS "orders_state_idx" ON "orders" ("state")')
      .send('DROP INDEX IF EXISTS "orders_old_idx"')
      .send('COMMIT');
    const found = insightOf(
      await reviewScenario(commandLine, { ...orders, queries: started.text }),
      'trace/ddl-at-run-time',
    );
    expect(found.summary).toContain('sends `CREATE TABLE IF NOT EXISTS "sessions"');
    expect(found.summary).toContain('and 1 more');
    expect(found.location).toBeNull();
  });
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
