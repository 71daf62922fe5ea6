import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ResultColumn, ResultShape } from '../../src/model/result.ts';
import { resultChanges } from '../../src/rules/result-changes.ts';

function column(name: string, type = 'integer', notNull: boolean | null = null): ResultColumn {
  return { name, type, origin: notNull === null ? null : { table: 'public.t', column: name, notNull } };
}

function shape(
  columns: readonly ResultColumn[] | null,
  parameters: readonly string[] | null = [],
): ResultShape {
  return { columns, parameters };
}

const name = fc.constantFrom('a', 'b', 'c', 'd');
const columns = fc.array(
  fc.record({ name, type: fc.constantFrom('integer', 'text'), origin: fc.constant(null) }),
  { maxLength: 8 },
);

function countsOf(list: readonly string[]): ReadonlyMap<string, number> {
  return new Map([...Map.groupBy(list, (each) => each)].map(([key, group]) => [key, group.length]));
}

describe('what differs in a result', () => {
  test('nothing, where it is the same', () => {
    fc.assert(
      fc.property(columns, (list) => {
        expect(resultChanges(shape(list), shape(list), true)).toEqual([]);
      }),
    );
  });

  test('what is added and removed makes one result of the other', () => {
    fc.assert(
      fc.property(columns, columns, (before, after) => {
        const changes = resultChanges(shape(before), shape(after), true);
        const names = (kind: 'added' | 'removed') =>
          changes.flatMap((change) =>
            change.kind === kind && 'column' in change ? [change.column.name] : [],
          );
        const expected = countsOf([...after.map((each) => each.name), ...names('removed')]);
        expect(countsOf([...before.map((each) => each.name), ...names('added')])).toEqual(expected);
      }),
    );
  });

  test('a column of the same name as another one', () => {
    const [before, after] = [
      shape([column('id'), column('amount')]),
      shape([column('id'), column('amount'), column('id')]),
    ];
    expect(resultChanges(before, after, true)).toMatchObject([{ kind: 'added', isHomonym: true }]);
  });

  test('the order, only where what stays changes places', () => {
    const before = shape([column('a'), column('b')]);
    expect(resultChanges(before, shape([column('x'), column('a'), column('b')]), true)).toMatchObject([
      { kind: 'added' },
    ]);
    expect(resultChanges(before, shape([column('b'), column('a')]), true)).toEqual([{ kind: 'reordered' }]);
  });

  test.each([
    [true, [{ kind: 'nullable' }]],
    [false, []],
  ])('NULLs, where the query puts none there by itself: %s', (canTellNulls, expected) => {
    const [before, after] = [shape([column('a', 'text', true)]), shape([column('a', 'text', false)])];
    expect(resultChanges(before, after, canTellNulls)).toMatchObject(expected);
    expect(resultChanges(after, before, canTellNulls)).toEqual([]);
  });

  test('types of columns and of parameters, as far as the server told them', () => {
    const [before, after] = [shape([column('a')], ['integer']), shape([column('a', 'bigint')], ['bigint'])];
    expect(resultChanges(before, after, true)).toMatchObject([
      { kind: 'retyped', before: { type: 'integer' }, after: { type: 'bigint' } },
      { kind: 'parameter', number: 1, before: 'integer', after: 'bigint' },
    ]);
    expect(resultChanges(shape(null, ['integer']), shape(null, null), true)).toEqual([]);
  });
});
