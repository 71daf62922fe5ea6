-- name: export_orders
SELECT id, customer_id, status FROM orders ORDER BY status, id;
