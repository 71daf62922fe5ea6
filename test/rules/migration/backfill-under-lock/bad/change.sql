ALTER TABLE orders ADD COLUMN active boolean;
UPDATE orders SET active = true;
