import type { Measures, PlanNode } from '../model/plan.ts';
import type { ReviewedNode } from '../model/reviewed-plan.ts';
import { indexesOf } from '../plans/compare.ts';
import type { PlanComparison } from '../plans/difference/comparison.ts';
import { pruned } from '../plans/pruned.ts';

/** Nodes that a plan in review.json has at most. */
const mostNodes = 100;

/** Longest condition or filter of a node, in characters. */
const longestCondition = 200;

/** A plan as review.json holds it, its nodes marked that are not as they were. */
export function reviewedPlan(
  { nodes }: Measures,
  marks: PlanComparison['marks'] = new Map(),
): ReviewedNode | null {
  const measures = new Map(nodes.map((measure) => [measure.node, measure]));
  const [root] = nodes;
  if (root === undefined) return null;
  const toNode = (node: PlanNode): ReviewedNode => {
    const measure = measures.get(node);
    return {
      type: typeInWords(node),
      relation: relationOf(node),
      index: indexOf(node),
      condition: conditionOf(node),
      filter: 'filter' in node.operation ? cut(node.operation.filter) : null,
      rows: node.rows,
      cost: node.cost.total,
      exclusiveCost: rounded(measure?.exclusiveCost ?? 0),
      loops: rounded(measure?.loops ?? 1),
      mark: marks.get(node) ?? null,
      children: node.children.map(toNode),
      leftOut: null,
    };
  };
  return pruned(toNode(root.node), mostNodes);
}

/** As EXPLAIN prints it for people, where its JSON parts the name into properties (ExplainNode in explain.c). */
function typeInWords({ type, operation, parallelAware }: PlanNode): string {
  const parallel = parallelAware ? 'Parallel ' : '';
  switch (operation.kind) {
    case 'modify':
      return operation.operation;
    case 'join':
      return operation.type === 'Inner'
        ? `${parallel}${type}`
        : `${parallel}${type.replace(/ Join$/, '')} ${operation.type} Join`;
    case 'aggregate': {
      const partial = { simple: '', partial: 'Partial ', finalize: 'Finalize ' }[operation.partial];
      const strategy = { plain: '', sorted: 'Group', hashed: 'Hash', mixed: 'Mixed' }[operation.strategy];
      return `${parallel}${partial}${strategy}${type}`;
    }
    default:
      return `${parallel}${type}`;
  }
}

function relationOf({ operation }: PlanNode): string | null {
  if (operation.kind === 'cte scan') return operation.cte;
  return 'relation' in operation ? `${operation.relation.schema}.${operation.relation.name}` : null;
}

function indexOf(node: PlanNode): string | null {
  if (node.operation.kind === 'bitmap index') return node.operation.index;
  return indexesOf(node).join(' and ') || null;
}

function conditionOf({ operation }: PlanNode): string | null {
  if (operation.kind === 'sort') return cut(operation.keys.join(', '));
  return 'condition' in operation ? cut(operation.condition) : null;
}

function cut(text: string | null): string | null {
  if (text === null || text.length <= longestCondition) return text;
  return `${text.slice(0, longestCondition - 1).toWellFormed()}…`;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
