-- name: newest_customers_of_country
SELECT id, name FROM customers WHERE country = $1 ORDER BY joined_at DESC LIMIT 20;
