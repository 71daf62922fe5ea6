-- name: account
SELECT owner FROM accounts WHERE id = $1::numeric;
