-- name: open_orders_with_customers
SELECT DISTINCT c.email, o.status
FROM customers c, orders o
WHERE o.status = 'open' AND c.email LIKE 'a%';
