-- name: orders_of_customer
SELECT * FROM orders WHERE customer_id = $1 ORDER BY created_at DESC LIMIT 20;

-- name: orders_with_email
SELECT o.*, c.email FROM orders AS o JOIN customers AS c ON c.id = o.customer_id WHERE o.id = $1;
