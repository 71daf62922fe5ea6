import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Insight } from '../../src/model/insight.ts';
import { runExample } from '../support/examples.ts';
import { TestServer, testedVersions } from '../support/server.ts';
import { Traced } from '../support/traced.ts';

/** Loops as libraries send them, and what is offered in their place. */

const base = `
  CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL,
    customer_id bigint NOT NULL REFERENCES customers);
  CREATE INDEX orders_customer_id_idx ON orders (customer_id);
  CREATE TABLE items (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders,
    title text NOT NULL);
  CREATE INDEX items_order_id_idx ON items (order_id);
  CREATE TABLE comments (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject_type text NOT NULL,
    subject_id bigint NOT NULL, text text NOT NULL);
  CREATE INDEX comments_subject_idx ON comments (subject_id, subject_type);
  CREATE TABLE settings (key text PRIMARY KEY, value text NOT NULL);`;

const config =
  'tables:\n  customers: { rows: 1M }\n  orders: { rows: 5M }\n  items: { rows: 50M }\n  comments: { rows: 5M }\n';

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const list = 'SELECT id, status, customer_id FROM orders ORDER BY id LIMIT 20';
const oneLine = (text: string | undefined) => text?.replaceAll(/\s+/g, ' ');

describe.each(testedVersions)('PostgreSQL %i', (major) => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start(major);
  });
  afterAll(() => server[Symbol.asyncDispose]());

  async function told(sent: Traced): Promise<readonly Insight[]> {
    const example = { base, config, change: {}, queries: null, captured: sent.text };
    const { insights } = await runExample(server.sandbox, example);
    return insights.filter(({ rule }) => rule.startsWith('trace/'));
  }
  const request = () => new Traced({ route: 'GET /orders' });

  describe('the join', () => {
    test('to many is offered beside the list of keys, each tried', async () => {
      const sent = request().send('SELECT id, status FROM orders WHERE customer_id = $1 ORDER BY id', [7]);
      for (const id of numbers(12)) sent.send('SELECT title FROM items WHERE order_id = $1', [id]);
      const [found] = await told(sent);
      expect(found?.remediation.map(({ text, verified }) => [oneLine(text), verified])).toEqual([
        ['SELECT order_id, title FROM items WHERE order_id = ANY ($1)', true],
        [
          'SELECT orders.id, orders.status, items.title FROM orders LEFT JOIN items ON items.order_id = orders.id WHERE orders.customer_id = $1 ORDER BY orders.id',
          true,
        ],
        expect.anything(),
      ]);
      expect(found?.remediation[1]?.title).toMatch(/^Join them: one query in place of \d+$/);
    });

    test('to one takes the page as it is, and a LIMIT that changes nothing away', async () => {
      const sent = request().send(list, [], { rows: 20 });
      for (const id of numbers(20))
        sent.send('SELECT "customers".* FROM "customers" WHERE "customers"."id" = $1 LIMIT $2', [id, 1], {
          rows: 1,
        });
      const [found] = await told(sent);
      expect(found?.remediation.map(({ text, verified }) => [oneLine(text), verified])).toEqual([
        ['SELECT customers.* FROM customers WHERE customers.id = ANY ($1)', true],
        [
          'SELECT orders.*, customers.* FROM ( SELECT id, status, customer_id FROM orders ORDER BY id LIMIT 20 ) AS orders LEFT JOIN customers ON customers.id = orders.customer_id',
          true,
        ],
        expect.anything(),
      ]);
    });
  });

  test('of values that are the same each time, one is asked for', async () => {
    const sent = request().send(list);
    for (const id of numbers(12))
      sent.send('SELECT text FROM comments WHERE subject_type = $1 AND subject_id = $2', ['Order', id]);
    const [found] = await told(sent);
    expect(oneLine(found?.remediation[0]?.text)).toBe(
      "SELECT subject_id, text FROM comments WHERE subject_type = 'Order' AND subject_id = ANY ($1)",
    );
    expect(found?.remediation[0]?.verified).toBe(true);
  });

  test('texts without parameters are compared to know what differs', async () => {
    const sent = request().send(list);
    for (const id of numbers(12))
      sent.send(`SELECT text FROM comments WHERE subject_type = 'Order' AND subject_id = ${id}`);
    const [found] = await told(sent);
    expect(found?.remediation[0]).toMatchObject({ verified: true });
    expect(oneLine(found?.remediation[0]?.text)).toContain(
      "subject_type = 'Order' AND subject_id = ANY ($1)",
    );
  });

  test('totals of each row are asked for in one query', async () => {
    const sent = request().send(list);
    for (const id of numbers(12)) sent.send('SELECT count(*) FROM items WHERE order_id = $1', [id]);
    const [found] = await told(sent);
    expect(found?.remediation[0]).toMatchObject({
      text: 'SELECT order_id, count(*) FROM items WHERE order_id = ANY ($1) GROUP BY order_id',
      verified: true,
    });
  });

  test('each query of a sequence is asked for all rows', async () => {
    const sent = request().send(list);
    for (const id of numbers(12))
      sent
        .send('SELECT title FROM items WHERE order_id = $1', [id])
        .send('SELECT name FROM customers WHERE id = $1', [id]);
    const [found] = await told(sent);
    expect(found).toMatchObject({ rule: 'trace/repeated-sequence' });
    expect(found?.remediation[0]).toMatchObject({
      text: 'SELECT order_id, title FROM items WHERE order_id = ANY ($1);\n\nSELECT id, name FROM customers WHERE id = ANY ($1);',
      verified: true,
    });
  });

  describe('a loop', () => {
    test('within a loop is told with the one around it', async () => {
      const sent = request().send('SELECT id FROM customers LIMIT 10', [], { rows: 8 });
      let order = 0;
      for (const id of numbers(8)) {
        sent.send('SELECT id FROM orders WHERE customer_id = $1', [id], { rows: 1 + (id % 3) });
        for (const _ of numbers(1 + (id % 3))) {
          order += 1;
          sent.send('SELECT title FROM items WHERE order_id = $1', [order], { rows: 3 });
        }
      }
      const found = await told(sent);
      expect(found.map(({ rule, summary }) => [rule, summary])).toEqual([
        [
          'trace/n-plus-one',
          '`GET /orders` sends it 17 times, once for each row of `SELECT id FROM orders WHERE customer_id = $1`, which is itself sent 8 times, 17 ms in all',
        ],
        [
          'trace/n-plus-one',
          '`GET /orders` sends it 8 times, once for each row of `SELECT id FROM customers LIMIT 10`, 8 ms in all',
        ],
      ]);
    });

    test('whose table depends on the row is told as one', async () => {
      const sent = request().send('SELECT subject_type, subject_id FROM comments LIMIT 8', [], { rows: 8 });
      const one = 'SELECT status FROM orders WHERE id = $1';
      const other = 'SELECT name FROM customers WHERE id = $1';
      for (const [index, sql] of [one, other, other, one, one, other, one, other].entries())
        sent.send(sql, [index]);
      const found = await told(sent);
      expect(found.map(({ rule, evidence: { facts } }) => [rule, facts['count'], facts['others']])).toEqual([
        ['trace/n-plus-one', 8, 1],
      ]);
    });

    test('of two that follow each other is told as two', async () => {
      const sent = request().send(list, [], { rows: 12 });
      for (const id of numbers(12)) sent.send('SELECT title FROM items WHERE order_id = $1', [id]);
      for (const id of numbers(12)) sent.send('SELECT name FROM customers WHERE id = $1', [id]);
      const found = await told(sent);
      expect(found.map(({ rule, evidence: { facts } }) => [rule, facts['count']])).toEqual([
        ['trace/n-plus-one', 12],
        ['trace/n-plus-one', 12],
      ]);
    });

    test('has the list that its key comes from, not the one that was asked for last', async () => {
      const sent = request()
        .send(list, [], { rows: 20 })
        .send('SELECT key, value FROM settings', [], { rows: 40 });
      for (const id of numbers(20)) sent.send('SELECT title FROM items WHERE order_id = $1', [id]);
      const [found] = await told(sent);
      expect(found?.evidence.facts['source']).toBe(list);
    });

    test('that goes side by side says how many connections it takes, and is milder', async () => {
      const sent = request().send(list, [], { rows: 20 });
      for (const id of numbers(20))
        sent.send('SELECT title FROM items WHERE order_id = $1', [id], { durationMs: 100, after: -99 });
      const [found] = await told(sent);
      expect(found).toMatchObject({ rule: 'trace/n-plus-one', severity: 'low' });
      expect(found?.summary).toMatch(/up to \d+ at a time, each on a connection of its own/);
    });

    test('that asks whether a row is there, before it is written, has nothing to load', async () => {
      const sent = request().send(list);
      for (const id of numbers(20)) sent.send('SELECT 1 AS one FROM customers WHERE id = $1 LIMIT 1', [id]);
      expect(await told(sent)).toEqual([]);
    });

    test('is none after a list that was too short for it', async () => {
      const sent = request().send('SELECT key, value FROM settings', [], { rows: 2 });
      for (const id of numbers(20)) sent.send('SELECT title FROM items WHERE order_id = $1', [id]);
      expect(await told(sent)).toEqual([]);
    });
  });

  describe('rows written one by one', () => {
    test('are updated by one statement, which does the same', async () => {
      const sent = request().send('BEGIN');
      for (const id of numbers(60)) sent.send('UPDATE orders SET status = $2 WHERE id = $1', [id, `s${id}`]);
      const [found] = await told(sent.send('COMMIT'));
      expect(found?.remediation[0]).toMatchObject({ kind: 'query', verified: true });
      expect(oneLine(found?.remediation[0]?.text)).toBe(
        'UPDATE orders SET status = v.status FROM unnest(CAST($1 AS bigint[]), CAST($2 AS text[])) AS v(id, status) WHERE orders.id = v.id',
      );
    });

    test('are inserted by one statement', async () => {
      const sent = request().send('BEGIN');
      for (const id of numbers(60))
        sent.send('INSERT INTO items (order_id, title) VALUES ($1, $2)', [id, `t${id}`]);
      const [found] = await told(sent.send('COMMIT'));
      expect(found?.remediation[0]).toMatchObject({
        verified: true,
        effect: { before: 60, after: 1, unit: 'statements' },
      });
    });

    test('are deleted by one statement', async () => {
      const sent = request().send('BEGIN');
      for (const id of numbers(60)) sent.send('DELETE FROM items WHERE id = $1', [id]);
      const [found] = await told(sent.send('COMMIT'));
      expect(found?.remediation[0]).toMatchObject({ verified: true, effect: { unit: 'statements' } });
    });

    test('are told where each is loaded before', async () => {
      const sent = request().send('BEGIN').send('SELECT id FROM orders');
      for (const id of numbers(60)) {
        sent.send('SELECT * FROM orders WHERE id = $1', [id]);
        sent.send('UPDATE orders SET status = $2 WHERE id = $1', [id, 'new']);
      }
      const found = await told(sent.send('COMMIT'));
      expect(found.map(({ rule }) => rule)).toEqual(['trace/n-plus-one-writes']);
      expect(found[0]?.evidence.facts).toMatchObject({
        count: 60,
        between: 'SELECT * FROM orders WHERE id = $1',
      });
    });
  });
});
