CREATE INDEX CONCURRENTLY customers_name_c_idx ON customers (name COLLATE "C");
