-- name: survey
SELECT * FROM surveys WHERE id = $1;
