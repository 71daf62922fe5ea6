CREATE TABLE orders_scratch (id bigint);
DROP TABLE orders_scratch;
-- A later change drops it, if nobody complains.
REVOKE ALL ON orders FROM PUBLIC;
COMMENT ON TABLE orders IS 'unused, to be dropped';
