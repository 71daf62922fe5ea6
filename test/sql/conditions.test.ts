import { describe, expect, test } from '@jest/globals';
import { conjunctionOf, extremeOf, sortedKey } from '../../src/sql/conditions.ts';

const inShort = (expression: string) =>
  conjunctionOf(expression).conditions.map(({ key, operator, constant, partners }) =>
    [key.alias, key.text, operator, constant, ...partners].join(' '),
  );

describe('conditions of a plan', () => {
  test.each([
    ['(o.status = $1)', ['o status =  ']],
    ["((o.status)::text = 'open'::text)", ['o (status)::text = open']],
    ['((o.a = 1) AND (o.b > 2))', ['o a = 1', 'o b > 2']],
    ['(1 < o.a)', ['o a > 1']],
    ["(lower(u.email) = 'a AND (b'::text)", ['u lower(email) = a AND (b']],
    ['(o.deleted_at IS NULL)', ['o deleted_at IS NULL ']],
    ['o.active', ['o active IS TRUE ']],
    ['(NOT o.active)', ['o active IS FALSE ']],
    ['(o.customer_id = c.id)', ['o customer_id =  c', 'c id =  o']],
    ['(o.a = o.b)', []],
    ["(o.id = ANY ('{1,2}'::integer[]))", ['o id = {1,2}']],
    ['((o.a = 1) AND (NOT (hashed SubPlan 1)))', ['o a = 1']],
    ['(o.id = (InitPlan 1).col1)', ['o id = ']],
    ["((o.data ->> 'x'::text) = $2)", ["o data ->> 'x'::text = "]],
    ['("O o"."A ""b" = 1)', ['O o "A ""b" = 1']],
    ["((o.name = 'ä'::text) AND (lower(o.naïve) = 'ö'::text))", ['o name = ä', 'o lower(naïve) = ö']],
    ['(o.data @> \'{"a": 1}\'::jsonb)', ['o data @> {"a": 1}']],
  ])('%s', (expression, expected) => {
    expect(inShort(expression).map((each) => each.trim())).toEqual(expected.map((each) => each.trim()));
  });

  test('what is joined by OR are alternatives', () => {
    const { conditions, alternatives } = conjunctionOf(
      '((o.a = 1) AND ((o.b = 2) OR ((o.c = 3) AND (o.d = 4))))',
    );
    expect(conditions.map(({ text }) => text)).toEqual(['a = 1']);
    expect(alternatives.map((arms) => arms.map((arm) => arm.conditions.map(({ text }) => text)))).toEqual([
      [['b = 2'], ['c = 3', 'd = 4']],
    ]);
  });
});

test.each([
  ['o.created_at', { descending: false, nullsFirst: false }],
  ['o.created_at DESC', { descending: true, nullsFirst: true }],
  ['o.created_at DESC NULLS LAST', { descending: true, nullsFirst: false }],
  ['(lower(o.name)) NULLS FIRST', { descending: false, nullsFirst: true }],
])('sort key %s', (text, expected) => {
  expect(sortedKey(text)).toMatchObject(expected);
});

test('what cannot be indexed is no sort key', () => {
  expect(sortedKey('(count(*)) DESC')).toBeNull();
  expect(sortedKey('(o.a + c.b)')).toBeNull();
});

test('the column of an extreme', () => {
  expect(extremeOf('max(o.created_at)')).toMatchObject({ alias: 'o', column: 'created_at' });
  expect(extremeOf('count(o.created_at)')).toBeNull();
});
