import type { PlanNode } from '../model/plan.ts';

/** How often a node runs, and how much of its output is taken. */
export interface Usage {
  readonly node: PlanNode;
  readonly parent: PlanNode | null;
  /** Executions in one process. */
  readonly loops: number;
  /** Share of an execution's output that is consumed, below 1 under a LIMIT. */
  readonly fraction: number;
  /** Processes among which the rows of a parallel plan are divided, each row being counted in one of them. */
  readonly processes: number;
}

/**
 * Estimates how often every node of a plan runs: EXPLAIN shows one execution of each. Parents come before their
 * children.
 */
export function usagesOf(root: PlanNode): readonly Usage[] {
  const usages: Usage[] = [];
  visit({ node: root, parent: null, loops: 1, fraction: 1, processes: 1 }, usages);
  return usages;
}

function visit(usage: Usage, usages: Usage[]): void {
  usages.push(usage);
  for (const child of usage.node.children) visit(usageOfChild(usage, child), usages);
}

function usageOfChild(usage: Usage, child: PlanNode): Usage {
  const { node, loops, fraction, processes } = usage;
  const passed: Usage = { node: child, parent: node, loops, fraction, processes };
  // Run once, before the rest, and to its end.
  if (child.role === 'initplan') return { ...passed, loops: 1, fraction: 1, processes: 1 };
  if (child.role === 'subplan') {
    const isHashed = expressionsOf(node).some((expression) => expression.includes(`hashed ${child.subplan}`));
    return { ...passed, loops: isHashed ? loops : loops * Math.max(1, node.rows) * fraction, fraction: 1 };
  }
  const { operation } = node;
  switch (operation.kind) {
    case 'limit':
      return { ...passed, fraction: fraction * shareTaken(node, child) };
    case 'gather':
      return { ...passed, processes: processes * participants(operation.workers) };
    case 'join':
      return operation.method === 'nested loop' && child.role === 'inner'
        ? { ...passed, loops: innerLoops(usage, child), fraction: 1 }
        : { ...passed, fraction: operation.method === 'hash' && child.role === 'inner' ? 1 : fraction };
    case 'sort':
      return { ...passed, fraction: operation.presorted.length > 0 ? fraction : 1 };
    case 'aggregate':
      return { ...passed, fraction: operation.strategy === 'sorted' ? fraction : 1 };
    case 'materialize':
      // Filled once, however often it is read.
      return { ...passed, loops: Math.min(loops, 1), fraction: 1 };
    case 'hash':
    case 'modify':
    case 'bitmap combination':
      return { ...passed, fraction: 1 };
    case 'scan':
      return { ...passed, fraction: operation.access === 'bitmap' ? 1 : fraction };
    case 'memoize':
    case 'append':
    case 'bitmap index':
    case 'cte scan':
    case 'other':
      return passed;
    default:
      return operation satisfies never;
  }
}

/** The share of its input that a LIMIT takes: the planner prices it by just that share of the run cost. */
function shareTaken(limit: PlanNode, child: PlanNode): number {
  const run = child.cost.total - child.cost.startup;
  if (run > 0) return clamp((limit.cost.total - child.cost.startup) / run);
  return child.rows > 0 ? clamp(limit.rows / child.rows) : 1;
}

/** The inner side of a nested loop runs for every outer row, except where results are remembered. */
function innerLoops({ node: join, loops, fraction }: Usage, inner: PlanNode): number {
  const outer = join.children.find((child) => child.role === 'outer');
  const rows = Math.max(1, outer?.rows ?? 1) * loops * fraction;
  if (inner.operation.kind !== 'memoize' || outer === undefined) return rows;
  // The planner prices a rescan of Memoize by the share of lookups that it expects to miss.
  const scan = inner.children[0];
  const perRow = (join.cost.total - outer.cost.total) / Math.max(1, outer.rows);
  const missShare = scan === undefined || scan.cost.total === 0 ? 1 : clamp(perRow / scan.cost.total);
  return Math.max(1, rows * missShare);
}

/**
 * By how many processes the planner divides the rows of a parallel plan: the leader takes part less the more
 * workers there are (get_parallel_divisor in costsize.c).
 */
function participants(workers: number): number {
  return workers + Math.max(0, 1 - 0.3 * workers);
}

function expressionsOf({ operation, output }: PlanNode): readonly string[] {
  const filter = 'filter' in operation ? operation.filter : null;
  return filter === null ? output : [filter, ...output];
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
