-- name: all_customers
SELECT id, email FROM customers ORDER BY id;
