import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { TestServer } from '../support/server.ts';
import { Traced } from '../support/traced.ts';

/** What an insight about a trace tells beside its figures, and how it is let pass. */

const base = `CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, customer_id bigint);
  CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders);
  CREATE INDEX items_order_id_idx ON items (order_id);`;

const sizes = 'tables:\n  orders: { rows: 5M }\n  items: { rows: 50M }\n';
const item = 'SELECT id FROM items WHERE order_id = $1';
const update = 'UPDATE orders SET status = $2 WHERE id = $1';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start(18);
});
afterAll(() => server[Symbol.asyncDispose]());

async function told(
  sent: Traced,
  { config = '', earlier = null }: { readonly config?: string; readonly earlier?: Traced | null } = {},
): Promise<readonly Insight[]> {
  const example = {
    base,
    config: `${sizes}${config}`,
    change: {},
    queries: null,
    captured: sent.text,
    capturedAtBase: earlier?.text ?? null,
  };
  const { insights } = await runExample(server.sandbox, example);
  return insights.filter(({ rule }) => rule.startsWith('trace/') || rule.startsWith('suppression/'));
}

const request = (more: Readonly<Record<string, string>> = {}) =>
  new Traced({ route: 'POST /orders', ...more });

describe('a transaction that waits', () => {
  test('says what it has locked, its level, where it began and its order', async () => {
    const sent = request({ service: 'shop', file: 'src/pay.ts' })
      .send('BEGIN', [], { line: 12 })
      .send('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE', [], { line: 12 })
      .send(update, [1, 'paid'], { line: 14 })
      .send(item, [1], { after: 3_000, line: 19 })
      .send('COMMIT', [], { line: 23 });
    const [found] = await told(sent);
    expect(found?.summary).toBe(
      'a transaction of `POST /orders of shop` lasts 3,008 ms and asks nothing of the database for 3,000 ms of them, after `UPDATE orders SET status = $2 WHERE id = $1`, while it holds locks on rows of `orders`; begun with `BEGIN` at `src/pay.ts:12`, at isolation level SERIALIZABLE; its order: `BEGIN → SET TRANSACTION ISOLATION LEVEL SERIALIZABLE → UPDATE orders SET status = $2 WHERE id = $1 → SELECT id FROM items WHERE order_id = $1 → COMMIT`',
    );
    expect(found?.location).toEqual({ file: 'src/pay.ts', line: 14, endLine: 14 });
  });

  test('has the level that its session was given', async () => {
    const sent = request()
      .send("SET default_transaction_isolation = 'repeatable read'")
      .send('BEGIN')
      .send(item, [1])
      .send(item, [2], { after: 700 })
      .send('COMMIT');
    const [found] = await told(sent);
    expect(found?.summary).toContain('at isolation level REPEATABLE READ');
    expect(found?.summary).not.toContain('locks');
  });

  test('is told for many pauses as for one long, but not for the work between statements', async () => {
    const pauses = request().send('BEGIN');
    for (let n = 0; n < 8; n += 1) pauses.send(update, [n, 'open'], { after: 200 });
    expect((await told(pauses.send('COMMIT'))).map(({ rule }) => rule)).toContain('trace/long-transaction');
    const work = request().send('BEGIN');
    for (let n = 0; n < 80; n += 1)
      work.send(n % 2 === 0 ? item : update, n % 2 === 0 ? [n] : [n, 'open'], { after: 20 });
    expect((await told(work.send('COMMIT'))).map(({ rule }) => rule)).not.toContain('trace/long-transaction');
  });
});

test('writes that commit alone are told in their order', async () => {
  const sent = request();
  for (let n = 0; n < 40; n += 1)
    sent.send(update, [n, 'open']).send('INSERT INTO items (order_id) VALUES ($1)', [n]);
  const found = (await told(sent)).find(({ rule }) => rule === 'trace/chatty-transaction');
  expect(found?.summary).toContain(
    "at the server's default isolation level; its order: `(UPDATE orders SET status = $2 WHERE id = $1 → INSERT INTO items (order_id) VALUES ($1)) × 40`",
  );
});

test('queries that a route sends more often than before are named', async () => {
  const before = request().send('SELECT id FROM orders LIMIT 9').send(item, [1]);
  const after = request()
    .send('SELECT id FROM orders LIMIT 9')
    .send('SELECT count(*) FROM orders WHERE status = $1', ['x']);
  for (let n = 0; n < 9; n += 1) after.send(item, [n]);
  const found = (await told(after, { earlier: before })).find(
    ({ rule }) => rule === 'trace/query-count-regression',
  );
  expect(found?.summary).toBe(
    '`POST /orders` sends 11 queries; at base it sent 2; more often than then: SELECT id FROM items WHERE order_id = $1 (9 times, 1 before); SELECT count(*) FROM orders WHERE status = $1 (1 times, not before)',
  );
});

describe('queries one after the other', () => {
  const slow = { durationMs: 400 };
  const count = 'SELECT count(*) FROM orders WHERE customer_id = $1';
  const sum = 'SELECT max(id) FROM items WHERE order_id = $1';

  test('that ask with the same values could go side by side', async () => {
    const [found] = await told(request().send(count, [7], slow).send(sum, [7], slow));
    expect(found).toMatchObject({
      rule: 'trace/consecutive-queries',
      evidence: { facts: { count: 2, saved: 400 } },
    });
  });

  test('may need what the one before returned', async () => {
    expect(await told(request().send(count, [7], slow).send(sum, [8], slow))).toEqual([]);
  });
});

describe('what is let pass', () => {
  const loop = (more: Readonly<Record<string, string | number>> = {}) => {
    const sent = new Traced({ route: 'GET /admin/orders', file: 'src/admin.ts' }).send(
      'SELECT id FROM orders',
    );
    for (let n = 0; n < 12; n += 1) sent.send(item, [n], { line: 3, ...more } as Record<string, number>);
    return sent;
  };
  const ignored = (condition: string) =>
    `ignore:\n  - { rule: trace/n-plus-one, reason: three people use it, ${condition} }\n`;

  test.each([["route: 'GET /admin/*'"], ["route: 'GET /admin/orders'"], ['path: src/admin.ts']])(
    'by %s',
    async (condition) => {
      const found = await told(loop(), { config: ignored(condition) });
      expect(found.map(({ rule, origin }) => [rule, origin])).toEqual([['trace/n-plus-one', 'suppressed']]);
    },
  );

  test('by the fingerprint of the query', async () => {
    const [first] = await told(loop());
    const { sourceFingerprint } = first?.evidence.facts ?? {};
    const other = await told(loop(), { config: ignored(`query: ${sourceFingerprint}`) });
    expect(other.map(({ origin }) => origin)).not.toContain('suppressed');
    const example = { base, config: sizes, change: {}, queries: null, captured: loop().text };
    const { queries } = await runExample(server.sandbox, example);
    const fingerprint = queries.find(({ sql }) => sql === item)?.fingerprint;
    const found = await told(loop(), { config: ignored(`query: ${fingerprint}`) });
    expect(found.map(({ origin }) => origin)).toEqual(['suppressed']);
  });

  test.each([["route: 'GET /orders'"], ['path: src/other.ts']])('not by %s', async (condition) => {
    const found = await told(loop(), { config: ignored(condition) });
    expect(found.map(({ rule, origin }) => [rule, origin])).toContainEqual(['trace/n-plus-one', 'existing']);
  });
});
