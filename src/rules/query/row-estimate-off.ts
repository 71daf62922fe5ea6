import { type Misestimate, misestimates } from '../../plans/misestimates.ts';
import type { Facts } from '../facts.ts';
import { describeNode, type ExecutedFacts, onExecuted } from '../on-executed.ts';
import { defineRule } from '../rule.ts';

/** Rows from which on a wrong number of them decides about a plan. */
const leastRows = 1_000;

export default defineRule({
  id: 'query/row-estimate-off',
  title: 'The planner is wrong about the rows of a query',
  message:
    '{node:code} was expected to return {expected:count} rows and returned {actual:count}: {ratio:ratio} off',
  triggeredWhen:
    'with `--execute`, a step of a plan returns ten times as many rows as the planner expected, or a tenth, and at least a thousand either way',
  impact:
    'plans are chosen by expected rows: with wrong ones, a nested loop or an index is taken where it is slow',
  remediation: [
    {
      kind: 'advice',
      title: 'Tell the planner more',
      text: 'ANALYZE the table. Where that does not help: a higher statistics target of the column, CREATE STATISTICS on columns that depend on each other or on an expression, or a condition on the column itself.',
    },
  ],
  core: true,
  *check(facts) {
    for (const executed of facts.executed) {
      const worst = worstOf(facts, executed);
      if (worst === null) {
        yield onExecuted(executed, 'healthy', {});
        continue;
      }
      yield onExecuted(executed, facts.severity('query/row-estimate-off', worst.ratio), {
        node: describeNode(worst.node.node),
        expected: worst.expected,
        actual: worst.actual,
        ratio: worst.ratio,
      });
    }
  },
});

/** The first node that is as far off as any: those above it inherit its error. */
function worstOf(facts: Facts, { plan }: ExecutedFacts): Misestimate | null {
  const off = misestimates(plan).filter(
    ({ ratio, rows }) => rows >= leastRows && facts.severity('query/row-estimate-off', ratio) !== 'healthy',
  );
  const [first, ...others] = off;
  if (first === undefined) return null;
  return others.reduce((worst, each) => (each.ratio > 10 * worst.ratio ? each : worst), first);
}
