CREATE TABLE accounts (id bigint PRIMARY KEY, owner text NOT NULL, balance numeric(12, 2) NOT NULL);
CREATE TABLE account_history (account_id bigint NOT NULL, balance numeric(12, 2) NOT NULL, at timestamptz NOT NULL);

CREATE FUNCTION record_balance() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO account_history VALUES (NEW.id, NEW.balance, now());
    RETURN NEW;
END
$$;
CREATE TRIGGER account_recorded AFTER UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION record_balance();
