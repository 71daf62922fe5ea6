-- name: customers_who_ordered
SELECT DISTINCT c.id, c.email FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id < 100000;
