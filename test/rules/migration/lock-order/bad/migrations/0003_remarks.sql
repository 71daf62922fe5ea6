ALTER TABLE orders ADD COLUMN remark text;
ALTER TABLE customers ADD COLUMN remark text;
