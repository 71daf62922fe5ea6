ALTER TABLE customers ADD COLUMN tenant_id bigint;
ALTER TABLE orders ADD COLUMN tenant_id bigint;
ALTER TABLE invoices ADD COLUMN tenant_id bigint;
ALTER TABLE payments ADD COLUMN tenant_id bigint;
ALTER TABLE refunds ADD COLUMN tenant_id bigint;
