-- name: some_orders
SELECT id FROM orders WHERE customer_id = $1 LIMIT 10;
