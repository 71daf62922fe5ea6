import type { Measures, NodeMeasure, PlanNode, ScanDetail } from '../model/plan.ts';
import type { FetchedRows } from './probe.ts';
import { type Usage, usagesOf } from './walk.ts';

/** A table as measuring sees it. */
interface MeasuredTable {
  readonly rows: number;
  /** Qualified name to report: that of the partitioned table for a partition. */
  readonly reportAs: string;
}

/** Tables by qualified name. */
export type MeasuredTables = ReadonlyMap<string, MeasuredTable>;

/**
 * Turns a plan into the figures that rules compare.
 *
 * @param columns columns of the result where the text tells them; a plan's output also holds what it sorts by
 */
export function measure(
  root: PlanNode,
  columns: number | null,
  tables: MeasuredTables,
  fetched: FetchedRows,
): Measures {
  const usages = usagesOf(root);
  const below = Map.groupBy(usages, ({ parent }) => parent);
  const nodes = usages.map((usage) => measureNode(usage, below.get(usage.node) ?? [], tables, fetched));
  const scans = nodes.flatMap(scanDetail);
  return {
    rowsRead: Math.round(sum(nodes, (each) => each.rowsRead)),
    rowsFiltered: Math.round(sum(nodes, (each) => each.rowsFiltered)),
    rowsReturned: root.rows,
    resultBytes: root.rows * root.width,
    columnsReturned: columns ?? root.output.length,
    tables: [...new Set(scans.map(({ table }) => table))],
    rowsSorted: Math.round(sum(usages, rowsSorted)),
    cost: root.cost.total,
    nodes,
    scans: scans.toSorted((a, b) => b.cost - a.cost),
  };
}

function measureNode(
  usage: Usage,
  below: readonly Usage[],
  tables: MeasuredTables,
  fetched: FetchedRows,
): NodeMeasure {
  const { node, loops } = usage;
  const { operation } = node;
  const returned = rowsReturned(usage);
  // The rows of parallel workers are rounded one by one: a table has no more than it has.
  const atLeast = operation.kind === 'scan' && operation.access !== 'sequential' ? returned : 0;
  const read = Math.max(rowsRead(usage, tables, fetched), atLeast);
  const filters = operation.kind === 'scan' && operation.filter !== null;
  return {
    node,
    table: tableOf(node, tables),
    loops,
    rowsRead: read,
    rowsFiltered: filters ? Math.max(0, read - returned) : 0,
    rowsReturned: returned,
    exclusiveCost: isBitmap(node) ? 0 : Math.max(0, costOf(usage) - sum(below, costBelow)),
  };
}

function tableOf({ operation }: PlanNode, tables: MeasuredTables): string | null {
  if (!('relation' in operation)) return null;
  const name = `${operation.relation.schema}.${operation.relation.name}`;
  return tables.get(name)?.reportAs ?? name;
}

/** Building a bitmap is part of the scan that uses it. */
function costBelow(usage: Usage): number {
  return isBitmap(usage.node) ? 0 : costOf(usage);
}

function isBitmap({ operation }: PlanNode): boolean {
  return operation.kind === 'bitmap index' || operation.kind === 'bitmap combination';
}

function rowsReturned({ node, loops, fraction, processes }: Usage): number {
  return node.rows * loops * fraction * processes;
}

/** Cost of all executions, of which only a share is run under a LIMIT. */
function costOf({ node, loops, fraction }: Usage): number {
  const { startup, total } = node.cost;
  return loops * (startup + (total - startup) * fraction);
}

function rowsRead(usage: Usage, tables: MeasuredTables, fetched: FetchedRows): number {
  const { node, loops, fraction, processes } = usage;
  const { operation } = node;
  if (operation.kind !== 'scan') return 0;
  const total = tables.get(`${operation.relation.schema}.${operation.relation.name}`)?.rows ?? node.rows;
  // A parallel-aware scan divides its rows among the processes; any other is run whole by each.
  const executions = loops * fraction * (node.parallelAware ? 1 : processes);
  switch (operation.access) {
    case 'sequential':
    case 'sample':
      return total * executions;
    case 'bitmap':
      return total * shareOfBitmap(node.children[0], total) * executions;
    case 'index':
    case 'index only':
    case 'tid': {
      const found = fetched.get(node);
      return found === undefined ? rowsReturned(usage) : found * executions;
    }
    default:
      return operation.access satisfies never;
  }
}

/** Share of the table's rows that a bitmap marks. EXPLAIN shows no rows for combined bitmaps. */
function shareOfBitmap(bitmap: PlanNode | undefined, total: number): number {
  if (bitmap === undefined || total === 0) return 1;
  if (bitmap.operation.kind !== 'bitmap combination') return Math.min(1, bitmap.rows / total);
  const shares = bitmap.children.map((child) => shareOfBitmap(child, total));
  return bitmap.operation.combines === 'and'
    ? shares.reduce((product, share) => product * share, 1)
    : Math.min(
        1,
        shares.reduce((all, share) => all + share, 0),
      );
}

/** Rows that enter a sort which no index order helps. */
function rowsSorted({ node, loops, processes }: Usage): number {
  if (node.operation.kind !== 'sort' || node.operation.presorted.length > 0) return 0;
  return (node.children[0]?.rows ?? 0) * loops * processes;
}

function scanDetail(measured: NodeMeasure): readonly ScanDetail[] {
  const { node, table } = measured;
  if (node.operation.kind !== 'scan' || table === null) return [];
  const { index } = node.operation;
  const bitmaps = bitmapIndexes(node);
  return [
    {
      table,
      access: node.type,
      index: index ?? (bitmaps.length > 0 ? bitmaps.join(', ') : null),
      rowsRead: Math.round(measured.rowsRead),
      rowsFiltered: Math.round(measured.rowsFiltered),
      cost: Math.round(measured.exclusiveCost * 100) / 100,
    },
  ];
}

/** Names of the indexes whose bitmaps a heap scan uses. */
export function bitmapIndexes(node: PlanNode): readonly string[] {
  return node.children.flatMap(({ operation, children }) => {
    if (operation.kind === 'bitmap index') return [operation.index];
    return operation.kind === 'bitmap combination'
      ? children.flatMap((child) => bitmapIndexNames(child))
      : [];
  });
}

function bitmapIndexNames(node: PlanNode): readonly string[] {
  return node.operation.kind === 'bitmap index' ? [node.operation.index] : bitmapIndexes(node);
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
