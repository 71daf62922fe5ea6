CREATE TABLE order_states (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    status text NOT NULL,
    state text
);

CREATE FUNCTION keep_state() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.state := NEW.status;
    RETURN NEW;
END $$;

CREATE TRIGGER order_states_state BEFORE INSERT OR UPDATE ON order_states
    FOR EACH ROW EXECUTE FUNCTION keep_state();
