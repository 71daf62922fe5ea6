-- name: latest_lost_orders
SELECT id, customer_id FROM orders WHERE status = 'lost' ORDER BY created_at DESC LIMIT 50;
