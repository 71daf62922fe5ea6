ALTER TABLE orders ADD COLUMN active boolean DEFAULT true;
