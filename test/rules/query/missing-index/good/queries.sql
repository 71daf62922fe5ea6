-- name: passengers_of_flight
SELECT t.ticket_no, t.amount
FROM flights f JOIN ticket_flights t ON t.flight_id = f.flight_id
WHERE f.flight_id = 1676;
