-- The departure board shows delays, and finds flights by status.
ALTER TABLE bookings.flights ADD COLUMN delay interval;

DROP INDEX bookings.flights_departure_airport_idx;
CREATE INDEX flights_status_idx ON bookings.flights (status);

-- Every boarding pass gets a reference that can be printed.
ALTER TABLE bookings.boarding_passes
    ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid();

CREATE INDEX boarding_passes_seat_idx ON bookings.boarding_passes (seat_no, flight_id);

-- Fares are never negative.
ALTER TABLE bookings.ticket_flights
    ADD CONSTRAINT ticket_flights_amount_check CHECK (amount >= 0);

-- Contact data moved to the customers service.
ALTER TABLE bookings.tickets DROP COLUMN contact_data;
