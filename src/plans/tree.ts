import type { Operation, PlanNode, PlanRelation, PlanRole } from '../model/plan.ts';
import { type ExplainedNode, readExplained } from './explained.ts';

/** Reads the value of the `QUERY PLAN` column. */
export function readPlan(queryPlan: unknown): PlanNode {
  return toNode(readExplained(queryPlan));
}

/** The planner's view of a node. */
export function toNode(node: ExplainedNode): PlanNode {
  return {
    type: node['Node Type'],
    operation: operationOf(node),
    role: roleOf(node['Parent Relationship']),
    subplan: node['Subplan Name'] ?? null,
    parallelAware: node['Parallel Aware'] ?? false,
    cost: { startup: node['Startup Cost'], total: node['Total Cost'] },
    rows: node['Plan Rows'],
    width: node['Plan Width'],
    output: node.Output ?? [],
    children: (node.Plans ?? []).map(toNode),
  };
}

function roleOf(relationship: string | undefined): PlanRole {
  switch (relationship) {
    case 'Inner':
      return 'inner';
    case 'Member':
      return 'member';
    case 'Subquery':
      return 'subquery';
    case 'SubPlan':
      return 'subplan';
    case 'InitPlan':
      return 'initplan';
    default:
      return 'outer';
  }
}

function relationOf(node: ExplainedNode): PlanRelation {
  const name = node['Relation Name'] ?? '';
  return { schema: node.Schema ?? '', name, alias: node.Alias ?? name };
}

type Access = Extract<Operation, { readonly kind: 'scan' }>['access'];

const scans: ReadonlyMap<string, Access> = new Map<string, Access>([
  ['Seq Scan', 'sequential'],
  ['Index Scan', 'index'],
  ['Index Only Scan', 'index only'],
  ['Bitmap Heap Scan', 'bitmap'],
  ['Tid Scan', 'tid'],
  ['Tid Range Scan', 'tid'],
  ['Sample Scan', 'sample'],
]);

function operationOf(node: ExplainedNode): Operation {
  const type = node['Node Type'];
  const filter = node.Filter ?? null;
  const access = scans.get(type);
  if (access !== undefined) {
    const condition = node['Index Cond'] ?? node['Recheck Cond'] ?? node['TID Cond'] ?? null;
    return {
      kind: 'scan',
      access,
      relation: relationOf(node),
      index: node['Index Name'] ?? null,
      condition,
      filter,
    };
  }
  switch (type) {
    case 'Bitmap Index Scan':
      return { kind: 'bitmap index', index: node['Index Name'] ?? '', condition: node['Index Cond'] ?? null };
    case 'BitmapAnd':
      return { kind: 'bitmap combination', combines: 'and' };
    case 'BitmapOr':
      return { kind: 'bitmap combination', combines: 'or' };
    case 'Nested Loop':
      return joinOf(node, 'nested loop', null);
    case 'Hash Join':
      return joinOf(node, 'hash', node['Hash Cond'] ?? null);
    case 'Merge Join':
      return joinOf(node, 'merge', node['Merge Cond'] ?? null);
    case 'Sort':
    case 'Incremental Sort':
      return { kind: 'sort', keys: node['Sort Key'] ?? [], presorted: node['Presorted Key'] ?? [] };
    case 'Aggregate':
      return {
        kind: 'aggregate',
        strategy: strategyOf(node.Strategy),
        partial: partialOf(node['Partial Mode']),
        plannedPartitions: node['Planned Partitions'] ?? 0,
        filter,
      };
    case 'Hash':
      return { kind: 'hash' };
    case 'Limit':
      return { kind: 'limit' };
    case 'Materialize':
      return { kind: 'materialize' };
    case 'Memoize':
      return { kind: 'memoize', key: node['Cache Key'] ?? '' };
    case 'Gather':
    case 'Gather Merge':
      return { kind: 'gather', workers: node['Workers Planned'] ?? 0, merge: type === 'Gather Merge' };
    case 'Append':
    case 'Merge Append':
      return { kind: 'append', merge: type === 'Merge Append' };
    case 'ModifyTable':
      return { kind: 'modify', operation: node.Operation ?? '', relation: relationOf(node) };
    case 'CTE Scan':
      return { kind: 'cte scan', cte: node['CTE Name'] ?? '', filter };
    default:
      return { kind: 'other', filter: filter ?? node['One-Time Filter'] ?? null };
  }
}

function joinOf(
  node: ExplainedNode,
  method: 'nested loop' | 'hash' | 'merge',
  condition: string | null,
): Operation {
  return {
    kind: 'join',
    method,
    type: node['Join Type'] ?? 'Inner',
    condition,
    filter: node['Join Filter'] ?? null,
    innerUnique: node['Inner Unique'] ?? false,
  };
}

function strategyOf(strategy: string | undefined): 'plain' | 'sorted' | 'hashed' | 'mixed' {
  switch (strategy) {
    case 'Sorted':
      return 'sorted';
    case 'Hashed':
      return 'hashed';
    case 'Mixed':
      return 'mixed';
    default:
      return 'plain';
  }
}

function partialOf(mode: string | undefined): 'simple' | 'partial' | 'finalize' {
  switch (mode) {
    case 'Partial':
      return 'partial';
    case 'Finalize':
      return 'finalize';
    default:
      return 'simple';
  }
}
