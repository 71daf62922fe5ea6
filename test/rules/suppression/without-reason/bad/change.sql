-- pg-guardrails:ignore migration/blocking-index-build
CREATE INDEX orders_customer_idx ON orders (customer_id);
