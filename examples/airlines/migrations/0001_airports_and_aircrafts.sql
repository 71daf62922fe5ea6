CREATE SCHEMA bookings;

CREATE TABLE bookings.aircrafts_data (
    aircraft_code char(3) PRIMARY KEY,
    model jsonb NOT NULL,
    range integer NOT NULL CHECK (range > 0)
);

CREATE TABLE bookings.airports_data (
    airport_code char(3) PRIMARY KEY,
    airport_name jsonb NOT NULL,
    city jsonb NOT NULL,
    coordinates point NOT NULL,
    timezone text NOT NULL
);

CREATE TABLE bookings.seats (
    aircraft_code char(3) NOT NULL REFERENCES bookings.aircrafts_data ON DELETE CASCADE,
    seat_no varchar(4) NOT NULL,
    fare_conditions varchar(10) NOT NULL CHECK (fare_conditions IN ('Economy', 'Comfort', 'Business')),
    PRIMARY KEY (aircraft_code, seat_no)
);
