CREATE TABLE readings (id bigint PRIMARY KEY, sensor int NOT NULL, value int NOT NULL);
CREATE INDEX readings_sensor_value ON readings (sensor, value);
