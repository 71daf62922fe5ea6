CREATE TABLE bookings.bookings (
    book_ref char(6) PRIMARY KEY,
    book_date timestamptz NOT NULL,
    total_amount numeric(10, 2) NOT NULL
);

CREATE TABLE bookings.tickets (
    ticket_no char(13) PRIMARY KEY,
    book_ref char(6) NOT NULL REFERENCES bookings.bookings,
    passenger_id varchar(20) NOT NULL,
    passenger_name text NOT NULL,
    contact_data jsonb
);

CREATE INDEX tickets_book_ref_idx ON bookings.tickets (book_ref);

CREATE TABLE bookings.ticket_flights (
    ticket_no char(13) NOT NULL REFERENCES bookings.tickets,
    flight_id integer NOT NULL REFERENCES bookings.flights,
    fare_conditions varchar(10) NOT NULL CHECK (fare_conditions IN ('Economy', 'Comfort', 'Business')),
    amount numeric(10, 2) NOT NULL,
    PRIMARY KEY (ticket_no, flight_id)
);
