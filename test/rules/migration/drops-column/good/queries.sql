-- name: order
SELECT id, status, created_at FROM orders WHERE id = $1;
