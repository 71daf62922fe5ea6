-- name: place_order
INSERT INTO orders (customer_id, status) VALUES ($1, $2);
