-- name: open_orders_with_customers
SELECT DISTINCT c.email, o.status
FROM customers c, orders o
WHERE o.customer_id = c.id AND c.id = $1;

-- name: order_beside_customer
SELECT c.email, o.status FROM customers c CROSS JOIN orders o WHERE c.id = $1 AND o.id = $2;
