-- The planner is told which values come together.
INSERT INTO parcels SELECT n, 'city ' || n % 15, 'region ' || n % 15, 'country ' || n % 15 FROM generate_series(1, 30000) AS n;
CREATE STATISTICS parcels_places (mcv) ON city, region, country FROM parcels;
ANALYZE parcels;
