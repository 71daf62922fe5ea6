-- name: passes_of_one_ticket
WITH hashed AS (
    SELECT md5(md5(ticket_no)) AS code, flight_id, boarding_no FROM boarding_passes
)
SELECT a.flight_id, b.flight_id
FROM hashed a JOIN hashed b ON a.code = b.code
WHERE a.boarding_no = 1;
