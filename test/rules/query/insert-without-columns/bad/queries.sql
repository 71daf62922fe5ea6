-- name: add
INSERT INTO jobs OVERRIDING SYSTEM VALUE VALUES ($1, $2, now());
