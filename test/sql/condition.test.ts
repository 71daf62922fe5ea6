import { describe, expect, test } from '@jest/globals';
import { aliasesIn, alternativesAcross, comparedColumns, containmentsIn } from '../../src/sql/condition.ts';

describe('conditions as EXPLAIN prints them', () => {
  test.each<readonly [condition: string, aliases: readonly string[]]>([
    ['(o.customer_id = c.id)', ['o', 'c']],
    ['(NOT (hashed SubPlan 1))', []],
    ['(NOT (ANY (a.id = (hashed SubPlan 1).col1)))', ['a']],
    ['((a.x = 1) AND (NOT EXISTS(SubPlan 2)))', ['a']],
    ['(a.x > (InitPlan 1).col1)', ['a']],
    ['(a.x > $0)', ['a']],
    ["((o_1.status)::text = 'x'::text)", ['o_1']],
  ])('%s names %j', (condition, aliases) => expect([...aliasesIn(condition)]).toEqual(aliases));

  test.each<readonly [condition: string, alternatives: readonly (readonly string[])[] | null]>([
    ["((c.email = $1) OR (o.status = 'lost'::text))", [['c'], ['o']]],
    [
      '((a.id = b.a_id) OR (a.x = b.y))',
      [
        ['a', 'b'],
        ['a', 'b'],
      ],
    ],
    ["((o.status = 'a'::text) OR (o.status = 'b'::text))", null],
    ['((a.id = b.a_id) AND ((a.x = 1) OR (a.y = 2)))', null],
    ['((a.id = b.a_id) AND ((a.x = 1) OR (b.y = 2)))', [['a'], ['b']]],
  ])('%s has the alternatives %j', (condition, alternatives) => {
    expect(alternativesAcross(condition)?.map((side) => [...side]) ?? null).toEqual(alternatives);
  });

  test.each<readonly [condition: string, columns: readonly string[]]>([
    ['(p.day = $1)', ['day']],
    ['((p.day)::date = $1)', []],
    ["(date_trunc('day'::text, p.day) = $1)", []],
    ['((p.day >= $1) AND (q.id = p.id))', ['day', 'id']],
    ["(p.region = ANY ('{eu,us}'::text[]))", ['region']],
    ['(p.day IS NULL)', ['day']],
  ])('%s compares %j as they are', (condition, columns) => {
    expect([...comparedColumns(condition, 'p')]).toEqual(columns);
  });

  test.each<readonly [condition: string, found: readonly string[]]>([
    ['(d.body @> \'{"a": 1}\'::jsonb)', ['body @>']],
    ["((body ? 'a'::text) AND (body ?| '{b}'::text[]))", ['body ?', 'body ?|']],
    ["(body @? '$.a'::jsonpath)", ['body @?']],
    ["((body ->> 'a'::text) = 'b'::text)", []],
    ['(\'{"a": 1}\'::jsonb @> body)', []],
  ])('%s asks for %j', (condition, found) => {
    expect(containmentsIn(condition).map(({ column, operator }) => `${column} ${operator}`)).toEqual(found);
  });
});
