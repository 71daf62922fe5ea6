import { describe, expect, test } from '@jest/globals';
import { parameteriseOthers, parseExpression } from '../../src/sql/expression.ts';
import { canonicalExpression, unanchoredMatches, wrappedColumns } from '../../src/sql/predicate.ts';

describe('parameteriseOthers', () => {
  test.each([
    ['(tf.flight_id = f.flight_id)', '(tf.flight_id = $1)', 1],
    [
      `((tf.a = $1) AND (tf."x y" = "Ä b"."c d") AND (tf.z = 'é'::text) AND (lower(tf.q) = (o.name)::text))`,
      `((tf.a = $1) AND (tf."x y" = $2) AND (tf.z = 'é'::text) AND (lower(tf.q) = ($3)::text))`,
      3,
    ],
    ['(tf.id = ANY (ARRAY[1, 2]))', '(tf.id = ANY (ARRAY[1, 2]))', 0],
  ])('%s', (expression, sql, parameterCount) => {
    expect(parameteriseOthers(expression, 'tf')).toEqual({ sql, parameterCount });
  });

  test('knows what only EXPLAIN writes', () => {
    expect(parameteriseOthers('(hashed SubPlan 1)', 'tf')).toBeNull();
    expect(parseExpression('(t.id = (InitPlan 1).col1)')).toBeNull();
  });
});

describe('wrappedColumns', () => {
  const isRelabelling = ({ column }: { column: string }, type: string) =>
    column === 'name' && type === 'text';
  const wrapped = (expression: string) =>
    wrappedColumns(expression, isRelabelling).map((each) => each.expression);

  test.each([
    ["(lower((u.email)::text) = 'x'::text)", ['lower(u.email)']],
    ["((u.created_at)::date = '2026-01-01'::date)", ['(u.created_at)::date']],
    ['((u.a + 1) = 5)', ['u.a + …']],
    ['(u.a = (o.b + 1))', ['o.b + …']],
    ["(date_trunc('day'::text, u.t) = $1)", ['date_trunc(…, u.t)']],
    ["((u.name)::text = 'x'::text)", []],
    ['(u.a = 5)', []],
    ['((u.a + 1) = u.b)', []],
    ['((u.a + u.b) = 5)', []],
    ['(u.a <> 5)', []],
  ])('%s', (expression, expected) => expect(wrapped(expression)).toEqual(expected));

  test('recognises the expression of an index', () => {
    const [found] = wrappedColumns("(lower((u.email)::text) = 'x'::text)", isRelabelling);
    expect(found?.canonical).toBe(canonicalExpression('lower((email)::text)'));
    expect(found?.canonical).not.toBe(canonicalExpression('upper((email)::text)'));
  });
});

test.each([
  ["(u.b ~~ '%x'::text)", ['LIKE']],
  ["(u.b ~~ (('%'::text || $1) || '%'::text))", ['LIKE']],
  ["(u.b ~~ 'x%'::text)", []],
  ['(u.b ~~ $1)', []],
  ["(u.d ~~* 'x%'::text)", ['ILIKE']],
  ["(u.e ~ '^x')", []],
  ["(u.e ~* 'x$')", ['regular expression']],
])('unanchoredMatches of %s', (expression, operators) => {
  expect(unanchoredMatches(expression).map(({ operator }) => operator)).toEqual(operators);
});
