CREATE TABLE boarding_passes (
    ticket_no char(13) NOT NULL,
    flight_id int NOT NULL,
    boarding_no int NOT NULL,
    PRIMARY KEY (ticket_no, flight_id)
);
