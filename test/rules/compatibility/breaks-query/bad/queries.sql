-- name: order
SELECT id, status FROM orders WHERE id = $1;
