import express from 'express';
import { database } from './database.js';
import { ordersOf, placeOrder } from './orders.js';

export const app = express();
app.use(express.json());

app.get('/customers/:id', async (request, response) => {
  const customer = await database('customers').where({ id: request.params.id }).first('id', 'name');
  if (customer === undefined) return response.sendStatus(404);
  response.json(customer);
});

app.get('/customers/:id/orders', async (request, response) => {
  response.json(await ordersOf(request.params.id));
});

app.post('/customers/:id/orders', async (request, response) => {
  response.status(201).json(await placeOrder(request.params.id, request.body.items));
});
