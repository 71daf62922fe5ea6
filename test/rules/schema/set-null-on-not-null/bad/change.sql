ALTER TABLE orders ADD CONSTRAINT orders_agent_id_fkey
    FOREIGN KEY (agent_id) REFERENCES customers ON DELETE SET NULL NOT VALID;
