/** Types of columns: PostgreSQL's own, and what is made of them. */
export const columnTypes = [
  ...[
    'smallint',
    'integer',
    'bigint',
    'numeric',
    'numeric(2, 2)',
    'numeric(5, 2)',
    'real',
    'double precision',
  ],
  ...['money', 'text', 'varchar', 'varchar(1)', 'varchar(20)', 'char(3)', 'char', '"char"', 'name', 'bytea'],
  ...['boolean', 'date', 'time', 'time(0)', 'timetz', 'timestamp', 'timestamptz(3)', 'interval', 'uuid'],
  ...[
    'json',
    'jsonb',
    'jsonpath',
    'inet',
    'cidr',
    'macaddr',
    'macaddr8',
    'bit',
    'bit(5)',
    'varbit',
    'varbit(3)',
  ],
  ...['point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle', 'tsvector', 'tsquery', 'pg_lsn'],
  ...['oid', 'xid', 'tid', 'regclass', 'regtype', 'regproc', 'regnamespace', 'regconfig', 'pg_snapshot'],
  ...[
    'int4range',
    'int8range',
    'numrange',
    'daterange',
    'tsrange',
    'tstzrange',
    'int4multirange',
    'datemultirange',
  ],
  ...['integer[]', 'text[][]', 'char(3)[]', 'int4range[]', 'oidvector', 'int2vector'],
  ...[
    'mood',
    'mood[]',
    'positive',
    'positive[]',
    'code',
    'even',
    'address',
    'address[]',
    'floatrange',
    'contact',
  ],
] as const;

const types = `
  CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s happy');
  CREATE DOMAIN positive AS int CHECK (VALUE > 0);
  CREATE DOMAIN even AS positive CHECK (VALUE % 2 = 0);
  CREATE DOMAIN code AS text NOT NULL CHECK (VALUE ~ '^[A-Z]{3}-\\d{2,4}$');
  CREATE DOMAIN contact AS varchar(40) CHECK (VALUE LIKE '%_@_%.__%');
  CREATE TYPE address AS (street text, number positive, tags text[]);
  CREATE TYPE floatrange AS RANGE (subtype = float8);
`;

/** A schema with one of everything that makes rows hard to find. */
export const nasty = `
  ${types}
  CREATE TABLE every_type (${columnTypes.map((type, index) => `c${index} ${type} NOT NULL`).join(', ')});

  -- Foreign keys in a circle: one that allows NULL, one that is deferred, one that does neither.
  CREATE TABLE company (id serial PRIMARY KEY, owner_id int);
  CREATE TABLE person (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, company_id int NOT NULL REFERENCES company);
  ALTER TABLE company ADD FOREIGN KEY (owner_id) REFERENCES person;
  CREATE TABLE egg (id uuid PRIMARY KEY, chicken_id int NOT NULL);
  CREATE TABLE chicken (id serial PRIMARY KEY, egg_id uuid NOT NULL UNIQUE
    REFERENCES egg DEFERRABLE INITIALLY DEFERRED);
  ALTER TABLE egg ADD FOREIGN KEY (chicken_id) REFERENCES chicken;
  CREATE TABLE coop (id serial PRIMARY KEY, chicken_id int NOT NULL REFERENCES chicken);
  CREATE TABLE category (id serial PRIMARY KEY, parent_id int REFERENCES category, CHECK (parent_id <> id));
  CREATE TABLE own_root (id serial PRIMARY KEY, root_id int NOT NULL REFERENCES own_root);

  CREATE TABLE tenant (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
  CREATE TABLE account (tenant_id uuid REFERENCES tenant, number int, PRIMARY KEY (tenant_id, number));
  CREATE TABLE entry (id bigserial PRIMARY KEY, tenant_id uuid NOT NULL REFERENCES tenant, number int NOT NULL,
    FOREIGN KEY (tenant_id, number) REFERENCES account);

  CREATE TABLE checked (
    status text NOT NULL CHECK (status IN ('new', 'paid', 'sent')),
    percent int NOT NULL CHECK (percent BETWEEN 40 AND 60),
    iso char(2) NOT NULL CHECK (iso = upper(iso) AND length(iso) = 2),
    hash text NOT NULL CHECK (char_length(hash) = 64),
    slug text NOT NULL CHECK (slug ~ '^[a-z0-9]+(?:-[a-z0-9]+)*$'),
    color text NOT NULL CHECK (color ~* '^#([0-9a-f]{6}|[0-9a-f]{3})$'),
    price numeric(10, 2) NOT NULL CHECK (price > 1000),
    discount numeric(10, 2) NOT NULL, CHECK (discount < price AND discount >= 999.5),
    starts date NOT NULL CHECK (starts > DATE '2030-06-01'), ends date NOT NULL, CHECK (ends > starts),
    home text, work text, CHECK (num_nonnulls(home, work) = 1),
    tags text[] NOT NULL CHECK (cardinality(tags) >= 2),
    document jsonb NOT NULL CHECK (jsonb_typeof(document) = 'object' AND document ? 'name'),
    quoted_number text NOT NULL CHECK (quoted_number::int > 10)
  );
  CREATE TABLE booking (room int NOT NULL, during tstzrange NOT NULL, EXCLUDE USING gist (during WITH &&));
  CREATE TABLE one_row (is_set boolean PRIMARY KEY DEFAULT true CHECK (is_set), note text);
  CREATE TABLE two_rows (flag boolean UNIQUE NOT NULL);
  CREATE TABLE computed (a int NOT NULL, b int GENERATED ALWAYS AS (a * 2) STORED CHECK (b > 0));
  CREATE TABLE "odd ""name" ("select" int NOT NULL, "Größe" text NOT NULL, "#" int CHECK ("#" > 5));
  CREATE TABLE no_columns ();

  CREATE TABLE event (id bigserial, day date NOT NULL, kind text NOT NULL, UNIQUE (id, day, kind)) PARTITION BY RANGE (day);
  CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01') PARTITION BY LIST (kind);
  CREATE TABLE event_2024_a PARTITION OF event_2024 FOR VALUES IN ('a', 'b');
  CREATE TABLE event_2024_rest PARTITION OF event_2024 DEFAULT;
  CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
  CREATE TABLE sharded (id serial PRIMARY KEY, v text) PARTITION BY HASH (id);
  CREATE TABLE sharded_0 PARTITION OF sharded FOR VALUES WITH (MODULUS 3, REMAINDER 0);
  CREATE TABLE sharded_1 PARTITION OF sharded FOR VALUES WITH (MODULUS 3, REMAINDER 1);
  CREATE TABLE sharded_2 PARTITION OF sharded FOR VALUES WITH (MODULUS 3, REMAINDER 2);
  CREATE TABLE on_event (event_id bigint NOT NULL, day date NOT NULL, kind text NOT NULL, FOREIGN KEY (event_id, day, kind) REFERENCES event (id, day, kind));
  CREATE TABLE animal (id serial PRIMARY KEY, name text NOT NULL);
  CREATE TABLE dog (breed text NOT NULL) INHERITS (animal);

  CREATE TABLE guarded (id serial PRIMARY KEY, v text NOT NULL);
  ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
  ALTER TABLE guarded FORCE ROW LEVEL SECURITY;
  CREATE TABLE touched (id serial PRIMARY KEY, updated_at timestamptz);
  CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.updated_at = now(); RETURN NEW; END';
  CREATE TRIGGER touch BEFORE INSERT OR UPDATE ON touched FOR EACH ROW EXECUTE FUNCTION touch();
  CREATE MATERIALIZED VIEW people AS SELECT count(*) AS people FROM person;
`;

/** Tables that no row can be found for. */
export const unfillable = `
  CREATE TABLE impossible (a int NOT NULL CHECK (a > 1 AND a < 1));
  CREATE TABLE closed (a int);
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no rows here'; END $$;
  CREATE TRIGGER refuse BEFORE INSERT ON closed FOR EACH ROW EXECUTE FUNCTION refuse();
  CREATE TABLE silent (a int);
  CREATE FUNCTION skip() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
  CREATE TRIGGER skip BEFORE INSERT ON silent FOR EACH ROW EXECUTE FUNCTION skip();
  CREATE TABLE shapeless (a int) PARTITION BY LIST (a);
`;
