-- name: customers_by_name
SELECT id, name FROM customers WHERE name > $1 ORDER BY name LIMIT 50;
