-- name: retry
UPDATE jobs SET state = 'ready' WHERE state = 'failed';
