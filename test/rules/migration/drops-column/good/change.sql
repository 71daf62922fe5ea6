-- The code no longer names it; a later change drops it.
ALTER TABLE orders ALTER COLUMN note SET DEFAULT NULL;
COMMENT ON COLUMN orders.note IS 'unused, to be dropped';
