ALTER TABLE orders DISABLE TRIGGER record_status;
UPDATE orders SET status = 'shipped' WHERE status = 'sent' AND id < 1000;
