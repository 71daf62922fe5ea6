CREATE INDEX CONCURRENTLY orders_customer_status_idx ON orders (customer_id, status);
DROP INDEX CONCURRENTLY orders_customer_id_idx;
