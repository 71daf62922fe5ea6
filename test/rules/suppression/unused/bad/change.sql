-- pg-guardrails:ignore migration/blocking-index-build -- runs in the maintenance window
ALTER TABLE orders ADD COLUMN paid boolean;
