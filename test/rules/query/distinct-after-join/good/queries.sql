-- name: customers_who_ordered
SELECT c.id, c.email FROM customers c
WHERE c.id < 100000 AND EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id);
