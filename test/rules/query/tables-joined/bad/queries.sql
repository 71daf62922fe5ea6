-- name: profile
SELECT profiles.name, posts.id, photos.id, friends.id, likes.id, messages.id, groups.id, visits.id
FROM profiles
    LEFT JOIN posts ON posts.profile_id = profiles.id
    LEFT JOIN photos ON photos.profile_id = profiles.id
    LEFT JOIN friends ON friends.profile_id = profiles.id
    LEFT JOIN likes ON likes.profile_id = profiles.id
    LEFT JOIN messages ON messages.profile_id = profiles.id
    LEFT JOIN groups ON groups.profile_id = profiles.id
    LEFT JOIN visits ON visits.profile_id = profiles.id
WHERE profiles.id = $1;
