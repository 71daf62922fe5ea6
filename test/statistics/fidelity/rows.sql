-- Rows for a scale of 1: 5.4 million. Skew comes from powers, correlation from columns that follow each other.
INSERT INTO categories
SELECT i, CASE WHEN i > 10 THEN 1 + i % 10 END, 'category ' || i FROM generate_series(1, 200) i;

INSERT INTO products
SELECT i, 1 + floor(200 * power((i * 7919::bigint % 50000) / 50000::float8, 3))::int, 'SKU-' || md5(i::text),
  'Product number ' || i, 1 + (i * 31 % 10000) / 10.0,
  jsonb_build_object('colour', (ARRAY['black', 'black', 'black', 'white', 'white', 'red', 'blue'])[1 + i % 7], 'size', i % 12),
  daterange(date '2024-01-01' + i % 700, date '2024-01-01' + i % 700 + 1 + i % 90),
  to_tsvector('simple', 'word' || i % 50 || ' word' || i % 977 || CASE WHEN i % 3 = 0 THEN ' common' ELSE '' END)
FROM generate_series(1, (50000 * :scale)::int) i;

INSERT INTO customers
SELECT i, 'Customer' || i || '@example.org', p.country, p.country || '-city-' || (i % p.cities),
  CASE WHEN i % 100 < 80 THEN 'free' WHEN i % 100 < 95 THEN 'basic' WHEN i % 100 < 99 THEN 'pro' ELSE 'enterprise' END::tier,
  i % 20 <> 0, CASE WHEN i % 10 < 3 THEN 1 + floor(power(i * 7919::bigint % 10007 / 10007::float8, 4) * 1000)::bigint END,
  CASE WHEN i % 5 = 0 THEN '{}' WHEN i % 2 = 0 THEN ARRAY['newsletter', 'tag' || i % 300] ELSE ARRAY['tag' || i % 7] END,
  CASE WHEN i % 4 <> 0 THEN ARRAY[i % 10, i % 100] END,
  jsonb_build_object('plan', i % 5, 'name', 'Name ' || i), timestamptz '2020-01-01 00:00Z' + i * interval '6 minutes' / :scale
FROM generate_series(1, (400000 * :scale)::int) i,
  LATERAL (SELECT (ARRAY['DE', 'DE', 'DE', 'DE', 'DE', 'US', 'US', 'US', 'FR', 'FR', 'GB', 'AT', 'CH', 'IT', 'ES', 'NL', 'PL', 'SE', 'NO', 'DK'])[1 + i % 20] AS country,
    (ARRAY[300, 300, 300, 300, 300, 200, 200, 200, 100, 100, 90, 30, 20, 20, 20, 20, 10, 10, 10, 10])[1 + i % 20] AS cities) p;

INSERT INTO orders
SELECT i, 1 + floor((400000 * :scale - 1) * power((i * 7919::bigint % 1000003) / 1000003::float8, 2))::bigint,
  CASE WHEN i % 200 = 0 THEN 'open' WHEN i % 100 = 1 THEN 'cancelled' WHEN i % 10 = 2 THEN 'paid' ELSE 'shipped' END,
  CASE WHEN i % 20 = 0 THEN 'C' || i % 1500 END, (i * 37 % 50000) / 100.0 + 1,
  timestamptz '2024-01-01 00:00Z' + i * interval '40 seconds' / :scale,
  CASE WHEN i % 10 > 2 THEN timestamptz '2024-01-02 00:00Z' + i * interval '40 seconds' / :scale END
FROM generate_series(1, (1500000 * :scale)::bigint) i;

INSERT INTO items
SELECT o, p, 1 + floor((50000 * :scale - 1) * power((o * 104729 + p * 7919) % 1000003 / 1000003::float8, 2))::int, 1 + o % 5, (o * 37 % 5000) / 100.0
FROM generate_series(1, (1250000 * :scale)::bigint) o, generate_series(1, 2) p;

INSERT INTO events
SELECT i, timestamptz '2026-01-01 00:00Z' + (180 * power(i / (1000000 * :scale), 0.7)) * interval '1 day',
  (ARRAY['view', 'view', 'view', 'view', 'view', 'view', 'cart', 'cart', 'buy', 'error'])[1 + i % 10],
  CASE WHEN i % 3 <> 0 THEN 1 + i * 7919 % (400000 * :scale)::bigint END, jsonb_build_object('path', '/p/' || i % 5000)
FROM generate_series(1, (1000000 * :scale)::bigint) i;

REFRESH MATERIALIZED VIEW sales;
