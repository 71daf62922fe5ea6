-- name: passes_of_one_ticket
WITH first AS (
    SELECT ticket_no, flight_id FROM boarding_passes WHERE ticket_no = $1
)
SELECT a.flight_id, b.flight_id FROM first a JOIN first b ON a.ticket_no = b.ticket_no;
