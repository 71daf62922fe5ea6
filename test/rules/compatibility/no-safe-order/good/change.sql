-- Expand: the column that it takes the place of goes in a later change.
ALTER TABLE orders ADD COLUMN state smallint NOT NULL DEFAULT 0;
