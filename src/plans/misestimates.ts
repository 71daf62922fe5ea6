import type { ExecutedNode, ExecutedPlan } from '../model/plan.ts';

/** A node whose rows the planner did not expect. */
export interface Misestimate {
  readonly node: ExecutedNode;
  /** By how much expectation and truth differ, at least 1. */
  readonly ratio: number;
  /** Rows of one execution. */
  readonly expected: number;
  readonly actual: number;
  /** Rows of all executions, expected or actual, whichever are more. */
  readonly rows: number;
}

/**
 * How far the rows of a plan's nodes are off. A node that is not run to its end, as under a LIMIT, returns fewer rows
 * than it would: there, only more rows than expected mean anything. Children come before their parents, since
 * parents are off because of them.
 */
export function misestimates(plan: ExecutedPlan): readonly Misestimate[] {
  const found: Misestimate[] = [];
  visit(plan.root, true, found);
  return found;
}

function visit(executed: ExecutedNode, isComplete: boolean, found: Misestimate[]): void {
  for (const child of executed.children) visit(child, runsToEnd(executed, child, isComplete), found);
  const { node, loops, rows: actual } = executed;
  // A bitmap has no rows, and what was never executed tells nothing.
  if (loops === 0 || node.operation.kind === 'bitmap combination' || node.operation.kind === 'bitmap index')
    return;
  const expected = node.rows;
  if (actual < expected && !isComplete) return;
  const ratio = Math.max(actual, 1) / Math.max(expected, 1);
  found.push({
    node: executed,
    ratio: Math.max(ratio, 1 / ratio),
    expected,
    actual,
    rows: Math.max(actual, expected) * loops,
  });
}

/** Whether a child is asked for all of its rows. */
function runsToEnd(parent: ExecutedNode, child: ExecutedNode, isComplete: boolean): boolean {
  const { operation } = parent.node;
  // EXISTS takes the first row.
  if (child.node.role === 'subplan' || child.node.role === 'initplan') return false;
  switch (operation.kind) {
    case 'limit':
      return false;
    case 'sort':
      return operation.presorted.length === 0 || isComplete;
    case 'hash':
    case 'modify':
      return true;
    case 'aggregate':
      return operation.strategy !== 'sorted' || isComplete;
    case 'join':
      return isComplete && joinRunsToEnd(parent, child);
    case 'scan':
    case 'gather':
    case 'append':
    case 'materialize':
    case 'memoize':
    case 'bitmap index':
    case 'bitmap combination':
    case 'cte scan':
    case 'other':
      return isComplete;
    default:
      return operation satisfies never;
  }
}

/** A merge join ends with its shorter input, a hash join where nothing is hashed, a lookup with the first match. */
function joinRunsToEnd({ node: { operation }, children }: ExecutedNode, child: ExecutedNode): boolean {
  if (operation.kind !== 'join') return true;
  const stopsAtMatch = operation.innerUnique || operation.type === 'Semi' || operation.type === 'Anti';
  switch (operation.method) {
    case 'merge':
      return false;
    case 'nested loop':
      return child.node.role !== 'inner' || !stopsAtMatch;
    case 'hash':
      return (
        child.node.role === 'inner' || children.every(({ node, rows }) => node.role !== 'inner' || rows > 0)
      );
    default:
      return operation.method satisfies never;
  }
}
