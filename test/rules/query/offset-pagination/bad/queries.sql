-- name: orders_page
SELECT id, status FROM orders ORDER BY id LIMIT 50 OFFSET 200000;
