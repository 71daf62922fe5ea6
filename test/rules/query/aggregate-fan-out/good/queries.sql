-- name: activity
SELECT u.id, p.posts, c.comments
FROM users u
    LEFT JOIN (SELECT user_id, count(*) AS posts FROM posts GROUP BY user_id) p ON p.user_id = u.id
    LEFT JOIN (SELECT user_id, count(*) AS comments FROM comments GROUP BY user_id) c ON c.user_id = u.id;
