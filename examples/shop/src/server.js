import { createServer } from 'node:http';
import { request } from './database.js';
import { ordersOf } from './orders.js';

/** `GET /customers/:id/orders` */
export const server = createServer(async (incoming, answer) => {
  const [, id] = /^\/customers\/(\d+)\/orders$/.exec(incoming.url) ?? [];
  if (id === undefined) return answer.writeHead(404).end();
  const orders = await request.run('GET /customers/:id/orders', () => ordersOf(id));
  answer.setHeader('content-type', 'application/json').end(JSON.stringify(orders));
});
