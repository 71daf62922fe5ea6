-- name: all_customers
SELECT id, email FROM customers;
