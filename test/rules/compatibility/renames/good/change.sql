SET lock_timeout = '2s';
ALTER TABLE orders RENAME TO purchases;
-- The running version goes on reading and writing it under its old name.
CREATE VIEW orders AS SELECT * FROM purchases;
