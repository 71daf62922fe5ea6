-- name: anonymous
SELECT id FROM customers WHERE id = $1 AND email = NULL;
