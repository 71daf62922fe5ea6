ALTER TABLE orders ADD CONSTRAINT orders_status_known CHECK (status IN ('open', 'shipped')) NOT VALID;
