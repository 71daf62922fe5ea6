-- name: customer_by_email
SELECT id FROM customers WHERE lower(email) = $1;
