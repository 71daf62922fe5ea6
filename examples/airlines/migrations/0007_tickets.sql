SET LOCAL lock_timeout = '2s';

-- Every ticket gets a reference that can be printed.
ALTER TABLE bookings.tickets
    ADD COLUMN reference uuid NOT NULL DEFAULT gen_random_uuid();

-- Contact data moved to the customers service.
ALTER TABLE bookings.tickets DROP COLUMN contact_data;
