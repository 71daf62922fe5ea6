import { query } from './database.js';

/** The latest orders of a customer, with what was ordered. */
export async function ordersOf(customer) {
  const orders = await query(
    'SELECT id, ordered_at FROM orders WHERE customer_id = $1 ORDER BY id DESC LIMIT 50',
    [customer],
  );
  for (const order of orders) {
    order.items = await query('SELECT product, quantity FROM items WHERE order_id = $1', [order.id]);
  }
  return orders;
}
