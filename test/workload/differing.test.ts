import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Differing } from '../../src/workload/differing.ts';
import { Room } from '../../src/workload/room.ts';

function kept(executions: readonly (readonly unknown[])[], most = 5): readonly (readonly unknown[])[] {
  const differing = new Differing<readonly unknown[]>(most, new Room(1_000_000));
  for (const values of executions) differing.add(values, values);
  return differing.items;
}

describe('executions that differ', () => {
  test('a rare value is kept although other values are always new', () => {
    const executions = Array.from({ length: 1_000 }, (_, id) => [id === 700 ? 'LU' : 'DE', id]);
    expect(kept(executions)).toContainEqual(['LU', 700]);
    expect(kept(executions)[0]).toEqual(['DE', 0]);
  });

  test('the same values are kept once', () => {
    expect(
      kept([
        [1, 'a'],
        [1, 'a'],
        ['1', 'a'],
        [1, 'a'],
      ]),
    ).toEqual([
      [1, 'a'],
      ['1', 'a'],
    ]);
  });

  test('long values do not fill the memory', () => {
    expect(kept([['a'], ['b'.repeat(20_000)], ['c']])).toEqual([['a'], ['c']]);
  });

  test('the first is kept, and never more than was asked for', () => {
    const execution = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 2, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(execution, { minLength: 1, maxLength: 50 }), (executions) => {
        const items = kept(executions, 4);
        expect(items.length).toBeLessThanOrEqual(4);
        expect(items[0]).toEqual(executions[0]);
        expect(new Set(items.map((item) => JSON.stringify(item))).size).toBe(items.length);
      }),
    );
  });
});
