CREATE TABLE order_notes_2 (order_id bigint PRIMARY KEY);
