import { database } from './database.js';

/** The latest orders of a customer, with what was ordered. */
export async function ordersOf(customerId) {
  const orders = await database('orders')
    .where({ customer_id: customerId })
    .orderBy('id', 'desc')
    .limit(50)
    .select('id', 'ordered_at');
  for (const order of orders) {
    order.items = await database('items').where({ order_id: order.id }).select('product', 'quantity');
  }
  return orders;
}

/** Places an order, all of it or nothing. */
export async function placeOrder(customerId, items) {
  return database.transaction(async (transaction) => {
    const [order] = await transaction('orders').insert({ customer_id: customerId }).returning('id');
    await transaction('items').insert(items.map((item) => ({ ...item, order_id: order.id })));
    return order;
  });
}
