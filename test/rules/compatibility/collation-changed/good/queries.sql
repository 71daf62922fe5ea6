-- name: customers_by_name
SELECT id, name FROM customers WHERE name COLLATE "C" > $1 ORDER BY name COLLATE "C" LIMIT 50;
