-- name: latest_orders
SELECT id, status FROM orders ORDER BY created_at DESC LIMIT 20;
