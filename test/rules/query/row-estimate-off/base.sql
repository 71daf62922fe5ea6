CREATE TABLE parcels (id bigint PRIMARY KEY, city text NOT NULL, region text NOT NULL, country text NOT NULL);
