-- name: events_of_a_day
SELECT id, kind FROM events WHERE created_at::date = '2026-03-01' AND kind = 'login';
