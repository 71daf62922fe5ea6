import type { ExecutedNode, ExecutedPlan } from '../model/plan.ts';
import { pageSize } from '../model/statistics.ts';
import { type ExplainedNode, readAnalysed } from './explained.ts';
import { toNode } from './tree.ts';

/** Reads the value of the `QUERY PLAN` column of EXPLAIN (ANALYZE, BUFFERS, VERBOSE, FORMAT JSON). */
export function readExecuted(queryPlan: unknown): ExecutedPlan {
  const { root, milliseconds } = readAnalysed(queryPlan);
  return {
    root: toExecuted(root),
    milliseconds,
    pages: { hit: root['Shared Hit Blocks'] ?? 0, read: root['Shared Read Blocks'] ?? 0 },
  };
}

function toExecuted(node: ExplainedNode): ExecutedNode {
  const children = node.Plans ?? [];
  return {
    node: toNode(node),
    loops: node['Actual Loops'] ?? 0,
    rows: node['Actual Rows'] ?? 0,
    rowsFiltered: node['Rows Removed by Filter'] ?? 0,
    heapFetches: node['Heap Fetches'] ?? null,
    temporaryBytes: temporaryBytes(node, children),
    children: children.map(toExecuted),
  };
}

/** Buffers are counted for a node and all below it (EXPLAIN in PostgreSQL's documentation). */
function temporaryBytes(node: ExplainedNode, children: readonly ExplainedNode[]): number {
  const written = (each: ExplainedNode) => each['Temp Written Blocks'] ?? 0;
  const below = children.reduce((sum, child) => sum + written(child), 0);
  return Math.max(0, written(node) - below) * pageSize;
}
