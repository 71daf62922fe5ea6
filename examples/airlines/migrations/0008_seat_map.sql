-- The seat map finds who sits where.
CREATE INDEX boarding_passes_seat_idx ON bookings.boarding_passes (seat_no, flight_id);
