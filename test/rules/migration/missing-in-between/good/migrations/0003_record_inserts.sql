DROP TRIGGER account_recorded ON accounts;
CREATE TRIGGER account_recorded AFTER INSERT OR UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION record_balance();
