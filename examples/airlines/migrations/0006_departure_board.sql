-- The departure board asks the search service now.
DROP INDEX CONCURRENTLY IF EXISTS bookings.flights_departure_airport_idx;
