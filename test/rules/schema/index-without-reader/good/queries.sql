-- name: orders_of_customer
SELECT id, status FROM orders WHERE customer_id = $1;

-- name: place_order
INSERT INTO orders (customer_id, status) VALUES ($1, 'open');
