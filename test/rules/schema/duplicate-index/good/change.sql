-- Another order of keys, and another condition, serve other queries.
CREATE INDEX CONCURRENTLY orders_created_at_idx ON orders (created_at, customer_id);
CREATE INDEX CONCURRENTLY orders_open_idx ON orders (customer_id) WHERE status = 'open';
