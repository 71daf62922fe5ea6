CREATE UNIQUE INDEX CONCURRENTLY customers_email_key ON customers (email) INCLUDE (id);
DROP INDEX CONCURRENTLY customers_email_idx;
