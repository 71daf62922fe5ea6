INSERT INTO readings SELECT n, n % 10, n FROM generate_series(1, 200000) AS n;
DELETE FROM readings WHERE id % 100 = 0;
VACUUM ANALYZE readings;
