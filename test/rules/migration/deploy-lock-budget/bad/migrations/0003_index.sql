CREATE INDEX orders_reference_idx ON orders (reference);
