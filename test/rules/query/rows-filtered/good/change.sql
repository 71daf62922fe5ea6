CREATE INDEX CONCURRENTLY orders_lost_idx ON orders (created_at) WHERE status = 'lost';
