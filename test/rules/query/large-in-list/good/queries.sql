-- name: customers_by_id
SELECT id, email FROM customers WHERE id = ANY($1);

-- name: three_customers
SELECT id, email FROM customers WHERE id IN ($1, $2, $3);
