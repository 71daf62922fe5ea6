SET lock_timeout = '2s';
CREATE FUNCTION keep_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.state := NEW.status;
    RETURN NEW;
END $$;

CREATE TRIGGER orders_state BEFORE INSERT OR UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION keep_state();
