-- A city lies in one region, and that in one country. The planner multiplies their shares.
INSERT INTO parcels SELECT n, 'city ' || n % 15, 'region ' || n % 15, 'country ' || n % 15 FROM generate_series(1, 30000) AS n;
ANALYZE parcels;
