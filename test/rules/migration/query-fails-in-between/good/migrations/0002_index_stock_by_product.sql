CREATE UNIQUE INDEX CONCURRENTLY stock_product_key ON stock (product, warehouse);
