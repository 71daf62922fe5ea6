CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL
);

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES customers,
    status text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX orders_customer_id_idx ON orders (customer_id);

CREATE MATERIALIZED VIEW order_counts AS
SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id;

CREATE UNIQUE INDEX order_counts_customer_id_idx ON order_counts (customer_id);
