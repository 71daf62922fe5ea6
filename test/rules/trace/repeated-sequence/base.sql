CREATE TABLE aircrafts (aircraft_code text PRIMARY KEY, model text NOT NULL);
CREATE TABLE seats (
  aircraft_code text NOT NULL REFERENCES aircrafts,
  seat_no text NOT NULL,
  fare_conditions text NOT NULL,
  PRIMARY KEY (aircraft_code, seat_no)
);
