ALTER TABLE orders ADD COLUMN reference uuid DEFAULT gen_random_uuid();
