ALTER TABLE orders
    ADD CONSTRAINT orders_status_check CHECK (status IN ('open', 'paid', 'shipped')) NOT VALID;
