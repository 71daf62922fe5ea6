-- name: reset
UPDATE jobs SET state = 'ready' WHERE id = $1;
