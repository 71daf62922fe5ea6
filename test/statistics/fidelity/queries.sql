-- One query on each line.
SELECT * FROM orders WHERE id = 4711
SELECT * FROM customers WHERE id = 99
SELECT * FROM customers WHERE lower(email) = 'customer77@example.org'
SELECT * FROM products WHERE sku = 'SKU-c4ca4238a0b923820dcc509a6f75849b'
SELECT * FROM items WHERE order_id = 1234 AND position = 1
SELECT * FROM items WHERE order_id = 1234
SELECT * FROM categories WHERE id = 7
SELECT * FROM events WHERE id = 5000 AND at = '2026-02-03 12:00Z'
SELECT * FROM sales WHERE product_id = 17
SELECT id FROM customers WHERE tier = 'enterprise' AND id = 500
SELECT * FROM orders WHERE customer_id = 1
SELECT * FROM orders WHERE customer_id = 150000
SELECT * FROM orders WHERE customer_id = 4711 ORDER BY created_at DESC LIMIT 10
SELECT * FROM orders WHERE customer_id IN (1, 2, 3, 4711)
SELECT * FROM orders WHERE id IN (SELECT generate_series(1, 20))
SELECT * FROM orders WHERE id = ANY ('{1,2,3,4,5,6,7,8,9,10}')
SELECT * FROM orders WHERE status = 'shipped'
SELECT * FROM orders WHERE status = 'open'
SELECT * FROM orders WHERE status = 'cancelled'
SELECT * FROM orders WHERE status = 'no such status'
SELECT count(*) FROM orders WHERE status = 'open'
SELECT count(*) FROM orders WHERE status = 'shipped'
SELECT * FROM orders WHERE status = 'open' ORDER BY created_at LIMIT 20
SELECT * FROM orders WHERE status = 'open' AND created_at > '2025-06-01'
SELECT * FROM orders WHERE status <> 'shipped' LIMIT 100
SELECT * FROM orders WHERE coupon IS NOT NULL
SELECT * FROM orders WHERE coupon IS NULL AND status = 'open'
SELECT * FROM orders WHERE coupon = 'C100'
SELECT * FROM orders WHERE coupon LIKE 'C10%'
SELECT * FROM orders WHERE shipped_at IS NULL
SELECT * FROM orders WHERE created_at BETWEEN '2024-03-01' AND '2024-03-02'
SELECT * FROM orders WHERE created_at > '2025-11-01'
SELECT * FROM orders WHERE created_at > '2024-02-01'
SELECT count(*) FROM orders WHERE created_at < '2024-01-05'
SELECT * FROM orders WHERE date_trunc('day', created_at AT TIME ZONE 'UTC') = '2024-05-05'
SELECT * FROM orders WHERE total > 499
SELECT * FROM orders WHERE total BETWEEN 10 AND 12 AND status = 'paid'
SELECT * FROM orders ORDER BY id DESC LIMIT 10
SELECT * FROM orders ORDER BY total DESC LIMIT 10
SELECT * FROM orders ORDER BY created_at LIMIT 10 OFFSET 100000
SELECT status, count(*) FROM orders GROUP BY status
SELECT customer_id, sum(total) FROM orders GROUP BY customer_id ORDER BY 2 DESC LIMIT 10
SELECT customer_id, count(*) FROM orders WHERE status = 'open' GROUP BY customer_id HAVING count(*) > 2
SELECT date_trunc('month', created_at), sum(total) FROM orders GROUP BY 1 ORDER BY 1
SELECT DISTINCT customer_id FROM orders WHERE created_at > '2025-11-20'
SELECT DISTINCT country FROM customers
SELECT country, city, count(*) FROM customers GROUP BY country, city
SELECT * FROM customers WHERE country = 'DE' AND city = 'DE-city-5'
SELECT * FROM customers WHERE country = 'DK' AND city = 'DK-city-9'
SELECT * FROM customers WHERE country = 'DE'
SELECT * FROM customers WHERE country = 'SE'
SELECT * FROM customers WHERE country IN ('SE', 'NO') AND is_active
SELECT * FROM customers WHERE NOT is_active
SELECT * FROM customers WHERE tier = 'enterprise'
SELECT * FROM customers WHERE tier >= 'pro'
SELECT count(*) FROM customers WHERE tier = 'free' AND country = 'FR'
SELECT * FROM customers WHERE referrer_id = 5
SELECT * FROM customers WHERE referrer_id IS NULL AND country = 'PL'
SELECT referrer_id, count(*) FROM customers WHERE referrer_id IS NOT NULL GROUP BY 1
SELECT * FROM customers WHERE tags @> '{newsletter}'
SELECT * FROM customers WHERE tags @> '{tag299}'
SELECT * FROM customers WHERE tags && '{tag1,tag2}'
SELECT * FROM customers WHERE tags @> '{newsletter,tag100}'
SELECT * FROM customers WHERE 'tag250' = ANY (tags)
SELECT * FROM customers WHERE scores @> '{5}'
SELECT * FROM customers WHERE cardinality(tags) = 0
SELECT * FROM customers WHERE profile @> '{"plan": 1}'
SELECT * FROM customers WHERE signed_up > '2024-06-01' ORDER BY signed_up LIMIT 50
SELECT * FROM customers WHERE signed_up BETWEEN '2021-01-01' AND '2021-01-08'
SELECT * FROM customers WHERE lower(email) LIKE 'customer12%'
SELECT * FROM products WHERE attributes @> '{"colour": "red"}'
SELECT * FROM products WHERE attributes ->> 'colour' = 'blue'
SELECT * FROM products WHERE attributes ->> 'colour' = 'black' AND price > 900
SELECT * FROM products WHERE description @@ 'word7'::tsquery
SELECT * FROM products WHERE description @@ 'common & word500'::tsquery
SELECT * FROM products WHERE sold @> date '2024-05-05'
SELECT * FROM products WHERE sold && daterange('2025-11-01', '2025-11-10')
SELECT name, price FROM products WHERE price BETWEEN 100 AND 101
SELECT name FROM products WHERE category_id = 1 ORDER BY price LIMIT 5
SELECT * FROM products WHERE category_id = 199
SELECT * FROM products WHERE name LIKE 'Product number 12%'
SELECT c.email, o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.id = 42
SELECT c.email, o.id FROM customers c JOIN orders o ON o.customer_id = c.id WHERE o.status = 'open' AND c.country = 'AT'
SELECT c.country, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY 1
SELECT o.id, i.product_id FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer_id = 99
SELECT o.id, i.product_id, p.name FROM orders o JOIN items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id WHERE o.customer_id = 150000
SELECT p.name, sum(i.quantity) FROM items i JOIN products p ON p.id = i.product_id WHERE p.category_id = 150 GROUP BY p.name
SELECT g.name, count(*) FROM categories g JOIN products p ON p.category_id = g.id JOIN items i ON i.product_id = p.id GROUP BY g.name
SELECT c.country, g.name, sum(i.price) FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id JOIN products p ON p.id = i.product_id JOIN categories g ON g.id = p.category_id WHERE o.created_at > '2025-11-01' AND c.tier = 'enterprise' GROUP BY 1, 2
SELECT c.id FROM customers c JOIN orders o ON o.customer_id = c.id JOIN items i ON i.order_id = o.id WHERE i.product_id = 40000 AND c.country = 'US'
SELECT c.id FROM customers c WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id)
SELECT c.id FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE o.customer_id = c.id AND o.status = 'open')
SELECT c.id, (SELECT max(created_at) FROM orders o WHERE o.customer_id = c.id) FROM customers c WHERE c.country = 'DK'
SELECT * FROM orders o WHERE total > (SELECT avg(total) FROM orders x WHERE x.customer_id = o.customer_id) AND o.customer_id = 7
SELECT * FROM (SELECT o.*, row_number() OVER (PARTITION BY customer_id ORDER BY created_at DESC) AS place FROM orders o) x WHERE place = 1
SELECT id, sum(total) OVER (ORDER BY created_at) FROM orders WHERE customer_id = 3
WITH big AS (SELECT customer_id, sum(total) AS spent FROM orders GROUP BY 1) SELECT c.email, spent FROM big JOIN customers c ON c.id = customer_id ORDER BY spent DESC LIMIT 10
SELECT r.id, c.id FROM customers c JOIN customers r ON r.id = c.referrer_id WHERE c.country = 'NO'
SELECT c.id FROM customers c LEFT JOIN orders o ON o.customer_id = c.id WHERE c.signed_up > '2024-07-01' AND o.id IS NULL
SELECT count(*) FROM items
SELECT count(*) FROM items i JOIN orders o ON o.id = i.order_id WHERE o.status = 'paid'
SELECT product_id, count(*) FROM items GROUP BY product_id ORDER BY 2 DESC LIMIT 10
SELECT * FROM items WHERE product_id = 1
SELECT * FROM items WHERE product_id = 45000 ORDER BY order_id
SELECT p.name, s.revenue FROM sales s JOIN products p ON p.id = s.product_id ORDER BY s.revenue DESC LIMIT 10
SELECT * FROM events WHERE at >= '2026-03-01' AND at < '2026-03-02'
SELECT * FROM events WHERE at >= '2026-06-25'
SELECT kind, count(*) FROM events GROUP BY kind
SELECT count(*) FROM events WHERE kind = 'error' AND at >= '2026-05-01'
SELECT * FROM events WHERE customer_id = 77
SELECT * FROM events WHERE customer_id = 77 AND at >= '2026-06-01' ORDER BY at DESC LIMIT 5
SELECT * FROM events WHERE customer_id IS NULL AND kind = 'buy' AND at >= '2026-04-10' AND at < '2026-04-11'
SELECT * FROM events ORDER BY at DESC LIMIT 20
SELECT c.country, count(*) FROM events e JOIN customers c ON c.id = e.customer_id WHERE e.at >= '2026-06-01' GROUP BY 1
UPDATE orders SET status = 'paid' WHERE id = 5
UPDATE orders SET status = 'shipped' WHERE status = 'open' AND created_at < '2024-02-01'
DELETE FROM items WHERE order_id = 77
DELETE FROM events WHERE at < '2026-01-02'
SELECT * FROM orders WHERE customer_id = 5 UNION ALL SELECT * FROM orders WHERE status = 'open'
SELECT * FROM customers ORDER BY country, city LIMIT 100
