-- name: posters
SELECT u.id, u.name, p.id AS post
FROM users u
    JOIN posts p ON p.user_id = u.id
    LEFT JOIN comments c ON c.user_id = u.id
WHERE u.id < 10000;
