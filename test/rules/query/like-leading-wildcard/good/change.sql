CREATE EXTENSION pg_trgm;
CREATE INDEX CONCURRENTLY customers_email_trgm_idx ON customers USING gin (email gin_trgm_ops);
