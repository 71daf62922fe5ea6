-- name: order_counts
SELECT c.email, (SELECT count(*) FROM orders o WHERE o.customer_id = c.id) AS orders
FROM customers c
ORDER BY c.id
LIMIT 50;
