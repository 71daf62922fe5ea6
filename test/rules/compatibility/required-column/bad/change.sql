ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR';
-- Fills the rows that are there; the application gives new ones their currency.
ALTER TABLE orders ALTER COLUMN currency DROP DEFAULT;
