-- name: parcels_of_city
SELECT id FROM parcels WHERE city = 'city 7' AND region = 'region 7' AND country = 'country 7';
