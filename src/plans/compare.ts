import type { Measures, NodeMeasure, PlanNode } from '../model/plan.ts';
import { bitmapIndexes } from './measure.ts';

/** A node in words: `Index Scan using flights_pkey on bookings.flights`. */
export function describeNode(node: PlanNode): string {
  const { operation } = node;
  if (operation.kind === 'modify') return `${operation.operation} on ${relationOf(node)}`;
  if (operation.kind === 'cte scan') return `${node.type} on ${operation.cte}`;
  if (operation.kind !== 'scan') return node.type;
  const index = indexesOf(node).join(' and ');
  return `${node.type}${index === '' ? '' : ` using ${index}`} on ${relationOf(node)}`;
}

/** All indexes that a plan uses, by qualified name: an index is in the schema of its table. */
export function indexesUsed({ nodes }: Measures): ReadonlySet<string> {
  return new Set(
    nodes.flatMap(({ node }) => {
      const { operation } = node;
      return operation.kind === 'scan'
        ? indexesOf(node).map((index) => `${operation.relation.schema}.${index}`)
        : [];
    }),
  );
}

/** Indexes that a scan uses. */
export function indexesOf(node: PlanNode): readonly string[] {
  if (node.operation.kind !== 'scan') return [];
  return node.operation.index === null ? bitmapIndexes(node) : [node.operation.index];
}

function relationOf({ operation }: PlanNode): string | null {
  return 'relation' in operation ? `${operation.relation.schema}.${operation.relation.name}` : null;
}

/** What is the same work in two plans: reading one relation under one name, or the nodes of one type. */
function workOf(node: PlanNode): string {
  const { operation } = node;
  return 'relation' in operation ? `${relationOf(node)} ${operation.relation.alias}` : node.type;
}

/** A relation that one plan reads through an index and the other as a whole. */
export interface LostIndex {
  readonly relation: string;
  readonly indexes: readonly string[];
  readonly before: NodeMeasure;
  readonly after: NodeMeasure;
}

/** Relations that are read through an index in the first plan, and sequentially in the second. */
export function lostIndexes(base: Measures, head: Measures): readonly LostIndex[] {
  const before = Map.groupBy(base.nodes, ({ node }) => workOf(node));
  return head.nodes.flatMap((after): readonly LostIndex[] => {
    const relation = relationOf(after.node);
    if (relation === null || !isSequential(after.node)) return [];
    const earlier = before.get(workOf(after.node)) ?? [];
    const indexed = earlier.find(({ node }) => indexesOf(node).length > 0);
    if (indexed === undefined || earlier.some(({ node }) => isSequential(node))) return [];
    return [{ relation, indexes: indexesOf(indexed.node), before: indexed, after }];
  });
}

function isSequential({ operation }: PlanNode): boolean {
  return operation.kind === 'scan' && operation.access === 'sequential';
}
