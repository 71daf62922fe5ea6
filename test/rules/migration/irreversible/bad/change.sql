-- +goose Up
ALTER TABLE orders ADD COLUMN state text;
CREATE INDEX orders_state_idx ON orders (state);

-- +goose Down
DROP INDEX orders_state_idx;
