-- name: profile
SELECT name FROM profiles WHERE id = $1;

-- name: posts_of_profile
SELECT id FROM posts WHERE profile_id = $1;
