-- name: customers_without_orders
SELECT id FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id) LIMIT 100;

-- name: customers_not_blocked
SELECT id FROM customers
WHERE email = $1 AND id NOT IN (SELECT customer_id FROM blocked WHERE customer_id IS NOT NULL AND customer_id < $2);
