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
CREATE INDEX orders_status_idx ON orders (status);
CREATE INDEX orders_created_at_idx ON orders (created_at);
CREATE INDEX orders_lower_idx ON orders (lower(status));
CREATE INDEX orders_status_created_idx ON orders (status, created_at);
CREATE INDEX orders_open_idx ON orders (id) WHERE (status = 'open');
CREATE INDEX orders_returned_idx ON orders (id) WHERE (status = 'returned');
CREATE INDEX orders_lost_idx ON orders (id) WHERE (status = 'lost');
CREATE INDEX orders_recent_idx ON orders (created_at DESC, id);
CREATE INDEX orders_upper_idx ON orders (upper(status));
