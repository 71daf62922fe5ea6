-- pg-guardrails:ignore migration/blocking-index-build -- runs in the maintenance window
CREATE INDEX orders_customer_idx ON orders (customer_id);
