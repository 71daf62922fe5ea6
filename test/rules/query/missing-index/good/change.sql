CREATE INDEX CONCURRENTLY ticket_flights_flight_id_idx ON ticket_flights (flight_id);
