CREATE INDEX CONCURRENTLY customers_country_joined_at_idx ON customers (country, joined_at);
