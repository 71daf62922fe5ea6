-- name: search_customers
SELECT id, email FROM customers WHERE email LIKE '%' || $1 || '%' LIMIT 20;
