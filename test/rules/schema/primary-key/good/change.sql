CREATE TABLE settings (
    customer_id bigint,
    name text,
    value text,
    PRIMARY KEY (customer_id, name)
);
