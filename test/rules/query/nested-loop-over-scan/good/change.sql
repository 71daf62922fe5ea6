CREATE INDEX CONCURRENTLY networks_first_idx ON networks (first);
