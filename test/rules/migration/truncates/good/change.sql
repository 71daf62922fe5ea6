DELETE FROM orders WHERE created_at < '2016-01-01';
