import type { Measures, NodeMeasure, PlanNode } from '../../model/plan.ts';

/**
 * What a query has to get done, whichever way a plan does it: read a table under one name, bring the rows of some
 * tables together, order them by some keys. By this, nodes of two plans are matched.
 */
export interface Work {
  readonly key: string;
  readonly kind: 'scan' | 'join' | 'sort' | 'aggregate' | 'gather' | 'other';
  /** Tables that it is about, by qualified name, partitions under that of their partitioned table. */
  readonly tables: readonly string[];
  /** Parents before their children; partitions of one table are one work. */
  readonly nodes: readonly NodeMeasure[];
}

/** All work of a plan by its key, in the order in which it is first met from the root. */
export function worksOf({ nodes }: Measures): ReadonlyMap<string, Work> {
  const measures = new Map(nodes.map((measure) => [measure.node, measure]));
  const placed: { readonly measure: NodeMeasure; readonly place: Place }[] = [];
  const visit = (node: PlanNode, above: Place | null): void => {
    const measure = measures.get(node);
    if (measure === undefined) return;
    const place = placeOf(measure, above, measures);
    placed.push({ measure, place });
    for (const child of node.children) visit(child, place);
  };
  const [root] = nodes;
  if (root !== undefined) visit(root.node, null);
  return new Map(
    [...Map.groupBy(placed, ({ place }) => place.key)].flatMap(([key, group]) => {
      const [first] = group;
      return first === undefined
        ? []
        : [[key, { ...first.place, nodes: group.map(({ measure }) => measure) }] as const];
    }),
  );
}

/** Cost of a piece of work over all executions, without what it is fed by. */
export function costOf(work: Work | undefined): number {
  return (work?.nodes ?? []).reduce((sum, { exclusiveCost }) => sum + exclusiveCost, 0);
}

/** The node that most of the work's cost is spent in. */
export function costliest({ nodes }: Work): NodeMeasure | null {
  return nodes.toSorted((a, b) => b.exclusiveCost - a.exclusiveCost)[0] ?? null;
}

type Place = Omit<Work, 'nodes'>;

type MeasuredNodes = ReadonlyMap<PlanNode, NodeMeasure>;

function placeOf(measure: NodeMeasure, above: Place | null, measures: MeasuredNodes): Place {
  const { node, table } = measure;
  const { operation } = node;
  const read = readBelow(node, measures);
  const names = [...new Set(read.map(({ name }) => name))].toSorted().join(', ');
  const tables = [...new Set(read.map((each) => each.table))].toSorted();
  switch (operation.kind) {
    case 'scan':
      return { key: `scan ${names}`, kind: 'scan', tables };
    case 'bitmap index':
    case 'bitmap combination':
      return above ?? { key: node.type, kind: 'other', tables };
    case 'hash':
    case 'materialize':
    case 'memoize':
      // How a join keeps one of its sides is part of how it joins.
      return above?.kind === 'join' ? above : { key: `${node.type} ${names}`, kind: 'other', tables };
    case 'join':
      return { key: `join ${names}`, kind: 'join', tables };
    case 'sort':
      return { key: `sort ${operation.keys.join(', ')}`, kind: 'sort', tables };
    case 'aggregate':
      return { key: `aggregate ${names}`, kind: 'aggregate', tables };
    case 'gather':
      return { key: `gather ${names}`, kind: 'gather', tables };
    case 'append':
      // All partitions of a table are read as that table is.
      return new Set(read.map(({ name }) => name)).size === 1
        ? { key: `scan ${names}`, kind: 'scan', tables }
        : { key: `append ${names}`, kind: 'other', tables };
    case 'modify':
      return {
        key: `${operation.operation} ${table} ${operation.relation.alias}`,
        kind: 'other',
        tables: table === null ? [] : [table],
      };
    case 'cte scan':
      return { key: `cte ${operation.cte}`, kind: 'other', tables };
    case 'limit':
    case 'other':
      return { key: `${node.type} ${names}`, kind: 'other', tables };
    default:
      return operation satisfies never;
  }
}

interface Read {
  readonly table: string;
  /** The table with the alias under which it is read: the same table may be read several times. */
  readonly name: string;
}

/** What a node and those that feed it read; subplans are work of their own. */
function readBelow(node: PlanNode, measures: MeasuredNodes): readonly Read[] {
  const { operation } = node;
  const table = measures.get(node)?.table ?? null;
  const below = node.children
    .filter(({ role }) => role !== 'subplan' && role !== 'initplan')
    .flatMap((child) => readBelow(child, measures));
  if (operation.kind === 'cte scan') return [...below, { table: operation.cte, name: operation.cte }];
  if (operation.kind !== 'scan' || table === null) return below;
  const { schema, name, alias } = operation.relation;
  // Partitions are read under the alias of their table and a number, unless there is only one.
  const own = table === `${schema}.${name}` ? alias : alias.replace(/_\d+$/, '');
  return [{ table, name: `${table} ${own}` }];
}
