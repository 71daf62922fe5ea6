-- name: a_page_of_customers
SELECT id, email FROM customers WHERE id > $1 ORDER BY id LIMIT 100;
