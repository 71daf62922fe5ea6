CREATE INDEX CONCURRENTLY flights_departure_airport_idx
    ON bookings.flights (departure_airport, scheduled_departure);
