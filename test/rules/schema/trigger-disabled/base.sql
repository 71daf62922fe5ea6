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

CREATE TABLE statuses (
    order_id bigint NOT NULL REFERENCES orders,
    status text NOT NULL,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (order_id, since)
);

CREATE FUNCTION record_status() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO statuses (order_id, status) VALUES (NEW.id, NEW.status);
    RETURN NEW;
END
$$;

CREATE TRIGGER record_status AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION record_status();
