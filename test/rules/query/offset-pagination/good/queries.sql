-- name: orders_page
SELECT id, status FROM orders WHERE id > $1 ORDER BY id LIMIT 50;

-- name: second_page
SELECT id, status FROM orders ORDER BY id LIMIT 50 OFFSET 50;
