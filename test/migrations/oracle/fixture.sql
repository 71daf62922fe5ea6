-- Tables of 1,000 rows; `big` has a primary key, an index and a unique constraint.
CREATE TABLE ref (id int PRIMARY KEY, v text);
CREATE TABLE big (
    id int PRIMARY KEY,
    a varchar(50),
    u text CONSTRAINT big_uq UNIQUE,
    b int,
    c int,
    w varchar(50),
    x text,
    n numeric(10, 2),
    ts timestamp,
    j json,
    checked varchar(50),
    g int GENERATED ALWAYS AS (1) STORED,
    ref_id int,
    nn int NOT NULL
);
CREATE INDEX big_a ON big (a);
CREATE VIEW v AS SELECT b FROM big;
CREATE TABLE child (id int PRIMARY KEY, big_id int);
CREATE TABLE part (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE part1 PARTITION OF part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE partdef PARTITION OF part DEFAULT;
CREATE TABLE part2 (id int, day date);
CREATE TABLE plain_part (id int, day date) PARTITION BY RANGE (day);
CREATE TABLE plain_part1 PARTITION OF plain_part FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE td (id int, d positive);
CREATE TYPE mood AS ENUM ('fine', 'well');
CREATE TABLE te (m mood);
CREATE UNLOGGED TABLE ul (id int);
CREATE TABLE ip (id int);
CREATE SEQUENCE sq AS int;
CREATE FUNCTION trigger_function() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER existing BEFORE UPDATE ON big FOR EACH ROW EXECUTE FUNCTION trigger_function();

INSERT INTO ref SELECT i, i FROM generate_series(1, 1000) AS i;
INSERT INTO big (id, a, u, b, c, w, x, n, ts, j, checked, ref_id, nn)
SELECT i, i, i, i, i, i, i, i, '2026-01-01', '{}', i, i, i FROM generate_series(1, 1000) AS i;
INSERT INTO part SELECT i, '2026-02-02' FROM generate_series(1, 1000) AS i;
INSERT INTO part SELECT i, '2020-02-02' FROM generate_series(1, 1000) AS i;
INSERT INTO part2 SELECT i, '2028-02-02' FROM generate_series(1, 1000) AS i;
INSERT INTO plain_part SELECT i, '2026-02-02' FROM generate_series(1, 1000) AS i;
INSERT INTO td SELECT i, i FROM generate_series(1, 1000) AS i;
INSERT INTO ul SELECT i FROM generate_series(1, 1000) AS i;
INSERT INTO child SELECT i, i FROM generate_series(1, 1000) AS i;
ALTER TABLE child ADD CONSTRAINT child_fk FOREIGN KEY (big_id) REFERENCES big NOT VALID;
ALTER TABLE big ADD CONSTRAINT checked_short CHECK (length(checked) < 50);
CREATE MATERIALIZED VIEW mv AS SELECT id FROM big;
CREATE UNIQUE INDEX mv_u ON mv (id);
