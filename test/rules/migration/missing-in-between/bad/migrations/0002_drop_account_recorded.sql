DROP TRIGGER account_recorded ON accounts;
