-- name: some_customers
SELECT id, email FROM customers ORDER BY id LIMIT 100;
