CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, status text NOT NULL, paid_at timestamptz);
CREATE TABLE knex_migrations (id serial PRIMARY KEY, name text);
