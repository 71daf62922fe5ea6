-- name: posters
SELECT u.id, u.name, p.id AS post
FROM users u
    JOIN posts p ON p.user_id = u.id
WHERE u.id < 10000;

-- name: posts_of_user
SELECT p.id FROM posts p LEFT JOIN users u ON u.id = p.user_id WHERE p.user_id = $1;
