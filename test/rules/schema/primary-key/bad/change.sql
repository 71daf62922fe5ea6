CREATE TABLE settings (
    customer_id bigint NOT NULL,
    name text NOT NULL,
    value text
);
