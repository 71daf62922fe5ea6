-- A column for each question of a form.
DO $$
BEGIN
    FOR question IN 1..120 LOOP
        EXECUTE format('ALTER TABLE answers ADD COLUMN question_%s text', question);
    END LOOP;
END
$$;
