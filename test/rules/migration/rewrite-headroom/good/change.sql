ALTER TABLE orders ADD COLUMN reference uuid;
ALTER TABLE orders ALTER COLUMN reference SET DEFAULT gen_random_uuid();
