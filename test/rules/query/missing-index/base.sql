CREATE TABLE flights (
    flight_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    flight_no text NOT NULL,
    scheduled_departure timestamptz NOT NULL
);

CREATE TABLE ticket_flights (
    ticket_no char(13) NOT NULL,
    flight_id bigint NOT NULL REFERENCES flights,
    amount numeric(10, 2) NOT NULL,
    PRIMARY KEY (ticket_no, flight_id)
);
