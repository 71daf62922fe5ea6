COMMENT ON TABLE items IS 'What was ordered';
