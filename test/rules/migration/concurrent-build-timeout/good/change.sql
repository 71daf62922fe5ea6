SET statement_timeout = 0;
SET lock_timeout = '10min';
CREATE INDEX CONCURRENTLY orders_status_idx ON orders (status);
