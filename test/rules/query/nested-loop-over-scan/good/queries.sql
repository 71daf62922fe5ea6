-- name: countries_of_latest_visits
SELECT v.id, n.country
FROM (SELECT id, ip FROM visits ORDER BY at DESC LIMIT 1000) v
    CROSS JOIN LATERAL (
        SELECT country FROM networks WHERE first <= v.ip ORDER BY first DESC LIMIT 1
    ) n;
