-- name: add
INSERT INTO jobs (state) VALUES ($1);
