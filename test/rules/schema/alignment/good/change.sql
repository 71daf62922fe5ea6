CREATE TABLE readings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    value double precision NOT NULL,
    sensor integer NOT NULL,
    quality smallint NOT NULL,
    valid boolean NOT NULL
);
