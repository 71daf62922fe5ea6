CREATE INDEX CONCURRENTLY index_orders_on_customer_id_and_created_at_where_status_is_still_open
    ON orders (customer_id, created_at) WHERE status = 'open';
