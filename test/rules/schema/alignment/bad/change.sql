CREATE TABLE readings (
    valid boolean NOT NULL,
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sensor integer NOT NULL,
    at timestamptz NOT NULL,
    quality smallint NOT NULL,
    value double precision NOT NULL
);
