-- name: averages_of_sensor
SELECT date_trunc('day', at) AS day, avg(value) FROM readings WHERE sensor_id = 4711 AND note LIKE 'x%' GROUP BY 1;
