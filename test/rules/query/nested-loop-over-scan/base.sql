CREATE TABLE visits (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ip inet NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX visits_at_idx ON visits (at);

CREATE TABLE networks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    first inet NOT NULL,
    last inet NOT NULL,
    country text NOT NULL
);
