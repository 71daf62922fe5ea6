-- name: failed_jobs
SELECT id FROM jobs WHERE state = 'failed' FOR UPDATE;
