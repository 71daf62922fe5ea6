-- What the server has already needs no extension.
ALTER TABLE orders ADD COLUMN reference uuid DEFAULT NULL;
