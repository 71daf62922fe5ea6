CREATE INDEX CONCURRENTLY orders_cancelled_idx ON orders (id) WHERE status = 'cancelled';
