ALTER TABLE orders ADD COLUMN guest_id bigint;
