DROP VIEW open_orders;
DROP INDEX orders_customer_status_idx;
ALTER TABLE orders DROP COLUMN status;
