-- A row for each question of a form.
ALTER TABLE answers ADD COLUMN question integer;
ALTER TABLE answers ADD COLUMN answer text;
