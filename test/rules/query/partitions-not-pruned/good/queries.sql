-- name: events_of_a_day
SELECT id, kind FROM events
WHERE created_at >= '2026-03-01' AND created_at < '2026-03-02' AND kind = 'login';
