INSERT INTO readings SELECT n, n % 10, n FROM generate_series(1, 200000) AS n;
VACUUM ANALYZE readings;
-- Rows all over the table are dead since, and no VACUUM has come.
DELETE FROM readings WHERE id % 100 = 0;
