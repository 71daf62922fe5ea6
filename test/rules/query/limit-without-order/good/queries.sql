-- name: some_orders
SELECT id FROM orders WHERE customer_id = $1 ORDER BY id LIMIT 10;

-- name: one_order
SELECT status FROM orders WHERE id = $1 LIMIT 1;
