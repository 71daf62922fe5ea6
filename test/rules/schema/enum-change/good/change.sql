-- The label that is no longer used stays in the type.
ALTER TYPE status ADD VALUE 'shipped' AFTER 'sent';
