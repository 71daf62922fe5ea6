CREATE TABLE bookings.flights (
    flight_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flight_no char(6) NOT NULL,
    scheduled_departure timestamptz NOT NULL,
    scheduled_arrival timestamptz NOT NULL,
    departure_airport char(3) NOT NULL REFERENCES bookings.airports_data,
    arrival_airport char(3) NOT NULL REFERENCES bookings.airports_data,
    status varchar(20) NOT NULL
        CHECK (status IN ('On Time', 'Delayed', 'Departed', 'Arrived', 'Scheduled', 'Cancelled')),
    aircraft_code char(3) NOT NULL REFERENCES bookings.aircrafts_data,
    actual_departure timestamptz,
    actual_arrival timestamptz,
    UNIQUE (flight_no, scheduled_departure),
    CHECK (scheduled_arrival > scheduled_departure)
);
