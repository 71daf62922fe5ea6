DO $$
DECLARE
    first bigint := 0;
BEGIN
    WHILE first < (SELECT max(id) FROM orders) LOOP
        UPDATE orders SET status = lower(status) WHERE id > first AND id <= first + 5000;
        COMMIT;
        first := first + 5000;
    END LOOP;
END $$;
