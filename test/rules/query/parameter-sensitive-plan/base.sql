CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    country text NOT NULL,
    name text NOT NULL,
    joined_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX customers_country_idx ON customers (country);
