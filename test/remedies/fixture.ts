/** Tables of 300 rows, and what stands around them. */
export const fixture = `
  CREATE TABLE accounts (id int PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (
    id bigint PRIMARY KEY, account_id int, total int, note varchar(50) NOT NULL DEFAULT 'none' CHECK (note <> ''),
    state text DEFAULT 'new'
  );
  CREATE INDEX orders_state ON orders (state);
  CREATE INDEX orders_note ON orders (lower(note)) WHERE note <> 'x';
  CREATE TABLE log (line text);
  CREATE TABLE "Order Items" ("select" int);
  CREATE TABLE events (id int, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
  CREATE TABLE events_2027 (id int, day date NOT NULL);
  CREATE TABLE visits (id int, day date NOT NULL) PARTITION BY RANGE (day);
  CREATE TABLE visits_other PARTITION OF visits DEFAULT;
  CREATE TABLE visits_2027 (id int, day date NOT NULL);
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  INSERT INTO accounts SELECT i, i FROM generate_series(1, 300) AS i;
  INSERT INTO orders SELECT i, i, i, i, 'old' FROM generate_series(1, 300) AS i;
  INSERT INTO log SELECT i FROM generate_series(1, 300) AS i;
  INSERT INTO "Order Items" SELECT i FROM generate_series(1, 300) AS i;
  INSERT INTO events SELECT i, '2025-02-02' FROM generate_series(1, 300) AS i;
  INSERT INTO events_2027 SELECT i, '2027-02-02' FROM generate_series(1, 300) AS i;
  INSERT INTO visits SELECT i, '2025-02-02' FROM generate_series(1, 300) AS i;
  INSERT INTO visits_2027 SELECT i, '2027-02-02' FROM generate_series(1, 300) AS i;
  CREATE MATERIALIZED VIEW totals AS SELECT state, sum(total) FROM orders GROUP BY 1;
  CREATE UNIQUE INDEX totals_state ON totals (state);
`;
