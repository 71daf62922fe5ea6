-- name: found_orders
SELECT o.id, c.email
FROM orders o JOIN customers c ON c.id = o.customer_id
WHERE c.email = $1 OR o.status = 'lost';
