-- name: lucky_customers
SELECT id FROM customers ORDER BY random() LIMIT 10;
