-- name: lucky_customer
SELECT id FROM customers WHERE id >= $1 ORDER BY id LIMIT 1;

-- name: lucky_orders_of_customer
SELECT id FROM orders WHERE customer_id = $1 ORDER BY random() LIMIT 3;
