-- name: order
SELECT id, status FROM orders WHERE id = $1;

-- name: count_orders_of_customer
SELECT count(*) FROM orders WHERE customer_id = $1;
