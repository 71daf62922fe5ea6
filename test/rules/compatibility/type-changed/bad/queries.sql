-- name: points_of_customer
SELECT email, points FROM customers WHERE id = $1;
