-- Without indexes and keys, which rows.sql is faster without.
CREATE TYPE tier AS ENUM ('free', 'basic', 'pro', 'enterprise');
CREATE DOMAIN money_amount AS numeric(12, 2) CHECK (VALUE >= 0);

CREATE TABLE categories (
  id int,
  parent_id int,
  name text NOT NULL
);

CREATE TABLE products (
  id int,
  category_id int NOT NULL,
  sku text NOT NULL,
  name varchar(80) NOT NULL,
  price money_amount NOT NULL,
  attributes jsonb NOT NULL,
  sold daterange NOT NULL,
  description tsvector NOT NULL
);

CREATE TABLE customers (
  id bigint,
  email text NOT NULL,
  country char(2) NOT NULL,
  city text NOT NULL,
  tier tier NOT NULL,
  is_active boolean NOT NULL,
  referrer_id bigint,
  tags text[] NOT NULL,
  scores int[],
  profile jsonb NOT NULL,
  signed_up timestamptz NOT NULL
);

CREATE TABLE orders (
  id bigint,
  customer_id bigint NOT NULL,
  status varchar(20) NOT NULL,
  coupon text,
  total numeric(12, 2) NOT NULL,
  created_at timestamptz NOT NULL,
  shipped_at timestamptz
);

CREATE TABLE items (
  order_id bigint NOT NULL,
  position int NOT NULL,
  product_id int NOT NULL,
  quantity smallint NOT NULL,
  price numeric(12, 2) NOT NULL
);

CREATE TABLE events (
  id bigint NOT NULL,
  at timestamptz NOT NULL,
  kind text NOT NULL,
  customer_id bigint,
  payload jsonb NOT NULL
) PARTITION BY RANGE (at);
CREATE TABLE events_2026_01 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE events_2026_02 PARTITION OF events FOR VALUES FROM ('2026-02-01') TO ('2026-03-01');
CREATE TABLE events_2026_03 PARTITION OF events FOR VALUES FROM ('2026-03-01') TO ('2026-04-01');
CREATE TABLE events_2026_04 PARTITION OF events FOR VALUES FROM ('2026-04-01') TO ('2026-05-01');
CREATE TABLE events_2026_05 PARTITION OF events FOR VALUES FROM ('2026-05-01') TO ('2026-06-01');
CREATE TABLE events_2026_06 PARTITION OF events FOR VALUES FROM ('2026-06-01') TO ('2026-07-01');

CREATE MATERIALIZED VIEW sales AS
  SELECT product_id, count(*) AS sold, sum(price) AS revenue FROM items GROUP BY product_id;
