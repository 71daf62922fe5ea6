import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { ReviewedNode } from '../../src/model/reviewed-plan.ts';
import { costlyPath, nodesOf, pruned, wholeCost } from '../../src/plans/pruned.ts';
import { deepPlan, node } from '../support/plan.ts';

const { tree } = fc.letrec<{ tree: ReviewedNode }>((tie) => ({
  tree: fc
    .record({
      exclusiveCost: fc.nat(1_000),
      mark: fc.constantFrom('changed' as const, null),
      children: fc.oneof({ maxDepth: 6 }, fc.constant([]), fc.array(tie('tree'), { maxLength: 4 })),
    })
    .map(node),
}));

function count(root: ReviewedNode): number {
  return nodesOf(root).reduce((sum, { leftOut }) => sum + 1 + (leftOut?.nodes ?? 0), 0);
}

test('a pruned plan is as small as asked, and accounts for all nodes and costs', () => {
  fc.assert(
    fc.property(tree, fc.integer({ min: 1, max: 20 }), (root, most) => {
      const result = pruned(root, most);
      expect(nodesOf(result).length).toBeLessThanOrEqual(most);
      expect(count(result)).toBe(nodesOf(root).length);
      expect(wholeCost(result)).toBeCloseTo(wholeCost(root), 1);
      // Pruned once more, it still does.
      expect(count(pruned(result, Math.ceil(most / 2)))).toBe(nodesOf(root).length);
    }),
  );
});

test('what is marked as the cause stays, however cheap and deep', () => {
  const cause = node({ relation: 'public.cause', mark: 'cause', exclusiveCost: 0 });
  const root = node({ children: [deepPlan(30), node({ exclusiveCost: 0, children: [cause] })] });
  expect(nodesOf(pruned(root, 5))).toContainEqual(cause);
});

test('the costly path leads to where the cost is', () => {
  const plan = deepPlan(5);
  expect([...costlyPath(plan)].at(-1)).toMatchObject({ relation: 'public.lines' });
});
