import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { TestServer } from '../support/server.ts';
import { Traced } from '../support/traced.ts';

/** What looks like a loop and is none, or is told by another rule. */

const base = `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, customer_id bigint);
  CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL);
  CREATE INDEX items_order_id_idx ON items (order_id);`;

const list = 'SELECT id FROM orders LIMIT 20';
const item = 'SELECT id FROM items WHERE order_id = $1';
const twenty = Array.from({ length: 20 }, (_, index) => index + 1);

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

async function told(sent: Traced): Promise<readonly Insight[]> {
  const config = 'tables:\n  orders: { rows: 5M }\n  items: { rows: 50M }\n';
  const example = { base, config, change: {}, queries: null, captured: sent.text };
  const { insights } = await runExample(server.sandbox, example);
  return insights.filter(({ rule }) => rule.startsWith('trace/'));
}

const rulesIn = async (sent: Traced) => (await told(sent)).map(({ rule }) => rule);

function request(origin: Readonly<Record<string, string>> = { route: 'GET /orders' }): Traced {
  return new Traced(origin);
}

describe('a loop over rows', () => {
  test('is told, whatever stands around each query', async () => {
    const sent = request().send(list);
    for (const id of twenty) sent.send('BEGIN').send(item, [id]).send('COMMIT');
    expect(await rulesIn(sent)).toEqual(['trace/n-plus-one']);
  });

  test('is none without a query before it', async () => {
    const sent = request();
    for (const id of twenty) sent.send(item, [id]);
    expect(await rulesIn(sent)).toEqual([]);
  });

  test('is none where what came before returned one row', async () => {
    const sent = request().send('SELECT id FROM orders WHERE id = $1', [1], { rows: 1 });
    for (const id of twenty) sent.send(item, [id], { rows: 3 });
    expect(await rulesIn(sent)).toEqual([]);
  });

  test('has its list further up', async () => {
    const sent = request()
      .send(list, [], { rows: 20 })
      .send('SELECT status FROM orders WHERE id = $1', [1], { rows: 1 });
    for (const id of twenty) sent.send(item, [id], { rows: 3 });
    const [found] = await told(sent);
    expect(found?.evidence.facts['source']).toBe(list);
  });

  test('is none where a list is asked for in parts', async () => {
    const sent = request().send(list);
    for (const id of twenty) sent.send('SELECT id FROM items WHERE order_id IN ($1, $2)', [id, id + 1]);
    expect(await rulesIn(sent)).toEqual([]);
  });

  test('is none where a few queries are sent side by side', async () => {
    const sent = request().send(list);
    for (const id of twenty.slice(0, 8)) sent.send(item, [id], { durationMs: 100, after: -99 });
    expect(await rulesIn(sent)).toEqual([]);
  });

  test('of the same values is told as a repetition', async () => {
    const sent = request().send(list);
    for (const _ of twenty) sent.send(item, [7]);
    expect(await rulesIn(sent)).toEqual(['trace/duplicate-query']);
  });

  test('of several queries is told as a sequence, and only so', async () => {
    const sent = request().send(list);
    for (const id of twenty) sent.send(item, [id]).send('SELECT status FROM orders WHERE id = $1', [id]);
    expect(await rulesIn(sent)).toEqual(['trace/repeated-sequence']);
  });

  test('is milder in a session that may have served many requests, and none where it is short', async () => {
    const long = request({ trace: '6b000f5a.2e8' }).send(list);
    for (const id of twenty) long.send(item, [id]);
    expect((await told(long)).map(({ severity }) => severity)).toEqual(['low']);
    const short = request({ trace: '6b000f5a.2e8' }).send(list);
    for (const id of twenty.slice(0, 6)) short.send(item, [id]);
    expect(await rulesIn(short)).toEqual([]);
  });
});

describe('the same again', () => {
  test('is asked for once more after something was written', async () => {
    const sent = request();
    for (const id of twenty.slice(0, 4)) sent.send(item, [7]).send('UPDATE items SET order_id = $1', [id]);
    expect((await rulesIn(sent)).filter((rule) => rule === 'trace/duplicate-query')).toEqual([]);
  });

  test.each([
    'SELECT 1',
    "SELECT nextval('orders_id_seq')",
    'SELECT id FROM orders WHERE id = 1 FOR UPDATE',
    'SELECT id FROM orders ORDER BY random() LIMIT 1',
    'SELECT oid FROM pg_type',
  ])('%s is not', async (sql) => {
    const sent = request();
    for (const _ of twenty) sent.send(sql);
    expect(await rulesIn(sent)).toEqual([]);
  });
});

describe('rows written one by one', () => {
  test('are one statement where it holds them all', async () => {
    const sent = request().send('BEGIN');
    for (const id of twenty) sent.send('INSERT INTO items (order_id) VALUES ($1), ($2), ($3)', [id, id, id]);
    expect(await rulesIn(sent.send('COMMIT'))).toEqual([]);
  });

  test('are told', async () => {
    const sent = request().send('BEGIN');
    for (const id of twenty) sent.send('INSERT INTO items (order_id) VALUES ($1)', [id]);
    expect(await rulesIn(sent.send('COMMIT'))).toEqual(['trace/n-plus-one-writes']);
  });
});

test('a transaction that waits between two statements is told, one that computes in the server is not', async () => {
  const sent = request().send('BEGIN').send(item, [1], { durationMs: 400 }).send('COMMIT');
  expect(await rulesIn(sent)).toEqual([]);
});
