-- name: page_of_orders
SELECT id, customer_id, status FROM orders WHERE id > $1 ORDER BY id LIMIT 1000;
