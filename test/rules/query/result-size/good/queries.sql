-- name: titles_of_customer
SELECT id, title FROM documents WHERE customer_id = $1 ORDER BY id LIMIT 50;
