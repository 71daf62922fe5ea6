CREATE TABLE stock (
    warehouse int NOT NULL,
    product bigint NOT NULL,
    quantity int NOT NULL,
    CONSTRAINT stock_once UNIQUE (warehouse, product)
);
