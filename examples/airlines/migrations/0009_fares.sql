SET LOCAL lock_timeout = '2s';

-- Fares are never negative.
ALTER TABLE bookings.ticket_flights
    ADD CONSTRAINT ticket_flights_amount_check CHECK (amount >= 0);
