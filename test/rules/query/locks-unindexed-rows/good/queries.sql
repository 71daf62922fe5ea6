-- name: failed_jobs
SELECT id FROM jobs WHERE state = 'failed' ORDER BY run_at LIMIT 10 FOR UPDATE SKIP LOCKED;
