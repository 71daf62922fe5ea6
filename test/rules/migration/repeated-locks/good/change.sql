ALTER TABLE orders
    ADD CONSTRAINT orders_status_present CHECK (status <> ''),
    ALTER COLUMN status TYPE varchar(20);
