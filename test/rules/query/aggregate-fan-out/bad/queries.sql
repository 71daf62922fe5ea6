-- name: activity
SELECT u.id, count(p.id) AS posts, count(c.id) AS comments
FROM users u
    LEFT JOIN posts p ON p.user_id = u.id
    LEFT JOIN comments c ON c.user_id = u.id
GROUP BY u.id;
