-- name: countries_of_latest_visits
SELECT v.id, n.country
FROM (SELECT id, ip FROM visits ORDER BY at DESC LIMIT 1000) v
    JOIN networks n ON v.ip BETWEEN n.first AND n.last;
