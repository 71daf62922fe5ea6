ALTER TABLE orders ADD CONSTRAINT orders_created_at_check CHECK (created_at <= now()) NOT VALID;
