-- name: order_by_id
SELECT id, status FROM orders WHERE id = $1;

-- name: place_order
INSERT INTO orders (customer_id, status) VALUES ($1, 'open');
