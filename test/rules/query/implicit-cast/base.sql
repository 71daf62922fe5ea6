CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    number char(12) NOT NULL UNIQUE,
    owner text NOT NULL
);
