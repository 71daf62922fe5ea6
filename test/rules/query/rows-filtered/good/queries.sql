-- name: lost_orders
SELECT id, customer_id FROM orders WHERE status = 'lost' AND created_at > '2026-01-01';
