UPDATE customers SET email = lower(email) WHERE id BETWEEN 1 AND 5000 AND email <> lower(email);
