import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { pool } from '../src/database.js';
import { server } from '../src/server.js';

before(async () => {
  await pool.query("INSERT INTO customers (name) VALUES ('Ada')");
  await pool.query('INSERT INTO orders (customer_id) SELECT 1 FROM generate_series(1, 15)');
  await pool.query("INSERT INTO items (order_id, product, quantity) SELECT id, 'tea', 2 FROM orders");
  await new Promise((resolve) => server.listen(0, resolve));
});

after(async () => {
  server.close();
  await pool.end();
});

test('a customer sees all orders with their items', async () => {
  const answer = await fetch(`http://localhost:${server.address().port}/customers/1/orders`);
  const orders = await answer.json();
  assert.equal(orders.length, 15);
  assert.deepEqual(orders[0].items, [{ product: 'tea', quantity: 2 }]);
});
