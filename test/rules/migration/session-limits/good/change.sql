SET statement_timeout = '5min';
SET idle_in_transaction_session_timeout = '1min';
ALTER TABLE orders ADD COLUMN note text;
