-- name: overdue_orders
SELECT id, customer_id FROM orders WHERE created_at < now() - interval '30 days' ORDER BY id;
