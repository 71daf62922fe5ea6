-- name: published
SELECT id FROM documents WHERE body @> '{"state": "published"}';
