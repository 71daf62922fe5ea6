ALTER TABLE orders ADD CONSTRAINT orders_created_at_check CHECK (created_at >= '2020-01-01Z') NOT VALID;
