CREATE INDEX CONCURRENTLY accounts_owner_idx ON accounts (owner);
