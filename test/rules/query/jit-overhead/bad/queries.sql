-- name: averages
SELECT date_trunc('day', at) AS day, avg(value) FROM readings WHERE note LIKE 'x%' GROUP BY 1;
