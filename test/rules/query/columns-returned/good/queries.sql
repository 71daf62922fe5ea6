-- name: first_answers
SELECT id, answer_1, answer_2 FROM surveys WHERE id = $1;
