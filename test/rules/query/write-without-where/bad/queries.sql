-- name: reset
UPDATE jobs SET state = 'ready';
