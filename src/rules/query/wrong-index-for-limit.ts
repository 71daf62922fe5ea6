import type { PlanNode } from '../../model/plan.ts';
import type { QueryBlock } from '../../sql/blocks.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { measureOf, nameOfRelation, outerOf, subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/wrong-index-for-limit',
  title: 'An index is read in order until a LIMIT is full',
  message:
    'walks along {index:code} and is expected to throw {filtered:count} rows of {table:code} away before it has {limit:count}; where the matches lie at its other end, up to {all:count}',
  triggeredWhen:
    'under a LIMIT, or for min or max, an index gives the order but not the condition, and many rows are expected to be thrown away on the way',
  impact:
    'the planner supposes that matches are spread evenly; where they are old, few or none, the whole index is walked, row by row in random order',
  remediation: [
    {
      kind: 'advice',
      title: 'One index for condition and order',
      text: 'Create an index on the columns compared by `=`, followed by those of ORDER BY. Until it is there, an expression in ORDER BY (`id + 0`) keeps the planner from reading in that order.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      if (!(textOf(plan.query)?.blocks.some(wantsFirst) ?? false)) continue;
      const [worst] = subtree(plan.plan)
        .flatMap((node) => walkedInOrder(facts, plan, node))
        .toSorted((a, b) => b.filtered - a.filtered);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/wrong-index-for-limit', worst.filtered), { ...worst });
    }
  },
});

/** PostgreSQL plans `min` and `max` as an ORDER BY with LIMIT 1. */
function wantsFirst({ ordered, hasLimit, aggregates }: QueryBlock): boolean {
  return (ordered && hasLimit) || aggregates.some(({ name }) => name === 'min' || name === 'max');
}

interface Walk {
  readonly index: string;
  readonly table: string;
  readonly filtered: number;
  readonly limit: number;
  readonly all: number;
}

function walkedInOrder(facts: Facts, plan: PlanFacts, limit: PlanNode): readonly Walk[] {
  const scan = limit.operation.kind === 'limit' ? orderedScan(limit) : null;
  if (scan === null || scan.operation.kind !== 'scan' || scan.operation.index === null) return [];
  const { relation, index, filter } = scan.operation;
  const table = facts.table(nameOfRelation(relation));
  if (filter === null || table === null) return [];
  return [
    {
      index,
      table: table.name,
      filtered: Math.round(measureOf(plan, scan).rowsFiltered),
      limit: limit.rows,
      all: table.rows,
    },
  ];
}

/** The scan whose order reaches a LIMIT: nothing between them sorts. */
function orderedScan(node: PlanNode): PlanNode | null {
  const outer = outerOf(node);
  if (outer === null) return null;
  const { operation } = outer;
  switch (operation.kind) {
    case 'scan':
      return outer;
    case 'gather':
      return operation.merge ? orderedScan(outer) : null;
    case 'join':
      return operation.method === 'nested loop' ? orderedScan(outer) : null;
    case 'other':
      return outer.type === 'LockRows' || outer.type === 'Result' ? orderedScan(outer) : null;
    default:
      return null;
  }
}
