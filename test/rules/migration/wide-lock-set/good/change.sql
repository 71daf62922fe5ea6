ALTER TABLE orders ADD COLUMN tenant_id bigint;
