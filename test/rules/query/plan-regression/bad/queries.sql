-- name: open_orders_of_customer
SELECT id FROM orders WHERE customer_id = $1 AND status = 'open';
