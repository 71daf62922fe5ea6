-- name: retry
UPDATE jobs SET state = 'ready' WHERE state = 'failed';

-- name: finish
UPDATE jobs SET state = 'done' WHERE id = $1;
