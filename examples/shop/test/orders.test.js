import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { app } from '../src/app.js';
import { database } from '../src/database.js';

let server;
let url;

before(async () => {
  await database.migrate.latest();
  await new Promise((resolve) => {
    server = app.listen(0, resolve);
  });
  url = `http://localhost:${server.address().port}`;
});

beforeEach(async () => {
  await database.raw('TRUNCATE customers, orders, items RESTART IDENTITY CASCADE');
  await database('customers').insert({ name: 'Ada' });
});

after(async () => {
  server?.close();
  await database.destroy();
});

test('a customer is known by the id', async () => {
  const customer = await fetch(`${url}/customers/1`);
  assert.deepEqual(await customer.json(), { id: '1', name: 'Ada' });
  assert.equal((await fetch(`${url}/customers/2`)).status, 404);
});

test('an order is placed with its items', async () => {
  const body = JSON.stringify({
    items: [
      { product: 'tea', quantity: 2 },
      { product: 'cup', quantity: 1 },
    ],
  });
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/customers/1/orders`, { method: 'POST', headers, body });
  assert.equal(answer.status, 201);
  assert.equal((await database('items').where({ order_id: 1 })).length, 2);
});

test('a customer sees all orders with their items', async () => {
  await database.raw('INSERT INTO orders (customer_id) SELECT 1 FROM generate_series(1, 15)');
  await database.raw("INSERT INTO items (order_id, product, quantity) SELECT id, 'tea', 2 FROM orders");
  const answer = await fetch(`${url}/customers/1/orders`);
  const orders = await answer.json();
  assert.equal(orders.length, 15);
  assert.deepEqual(orders[0].items, [{ product: 'tea', quantity: 2 }]);
});
