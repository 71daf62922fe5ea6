-- name: customers_without_orders
SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM orders) LIMIT 100;
