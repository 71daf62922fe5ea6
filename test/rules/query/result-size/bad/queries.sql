-- name: documents_of_customer
SELECT id, title, body, customer_id FROM documents WHERE customer_id <> $1;
