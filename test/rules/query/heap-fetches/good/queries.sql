-- name: readings_of_sensor
SELECT count(*) FROM readings WHERE sensor = 3;
