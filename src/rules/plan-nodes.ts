import type { NodeMeasure, PlanNode, PlanRelation } from '../model/plan.ts';
import type { PlanFacts } from './facts-source.ts';

export function nameOfRelation({ schema, name }: PlanRelation): string {
  return `${schema}.${name}`;
}

/** A node and all below it, it first. */
export function subtree(node: PlanNode): readonly PlanNode[] {
  return [node, ...node.children.flatMap(subtree)];
}

/** What was measured of a node. */
export function measureOf({ measures }: PlanFacts, node: PlanNode): NodeMeasure {
  const found = measures.nodes.find((each) => each.node === node);
  if (found === undefined) throw new Error('the node is of another plan');
  return found;
}

export function outerOf(node: PlanNode): PlanNode | null {
  return node.children.find(({ role }) => role === 'outer') ?? null;
}

export function innerOf(node: PlanNode): PlanNode | null {
  return node.children.find(({ role }) => role === 'inner') ?? null;
}

/** Aliases of all that is scanned at or below a node. */
export function aliasesScanned(node: PlanNode): ReadonlySet<string> {
  return new Set(
    subtree(node).flatMap(({ operation }) => (operation.kind === 'scan' ? [operation.relation.alias] : [])),
  );
}

/** Conditions that a node checks, or that an index answers for it. */
export function conditionsOf({ operation }: PlanNode): readonly string[] {
  const condition = 'condition' in operation ? operation.condition : null;
  const filter = 'filter' in operation ? operation.filter : null;
  return [condition, filter].filter((each) => each !== null);
}

/** A subquery that runs anew for every row of a node, with the node. */
export interface RepeatedSubplan {
  readonly parent: PlanNode;
  readonly subplan: PlanNode;
  /** Expression of the parent that calls it. */
  readonly caller: 'filter' | 'output';
  /** How often it runs. */
  readonly loops: number;
}

/** Subqueries that run for every row: all that are neither hashed nor run once before the rest. */
export function repeatedSubplans(plan: PlanFacts): readonly RepeatedSubplan[] {
  return plan.measures.nodes.flatMap(({ node: parent, rowsRead }) =>
    parent.children.flatMap((subplan): readonly RepeatedSubplan[] => {
      if (subplan.role !== 'subplan' || subplan.subplan === null) return [];
      const name = new RegExp(`(hashed )?${subplan.subplan}\\b`);
      const calls = (expression: string) => name.exec(expression);
      const call = conditionsOf(parent)
        .map(calls)
        .find((each) => each !== null);
      const caller = call == null ? 'output' : 'filter';
      const [, hashed] = call ?? parent.output.map(calls).find((each) => each !== null) ?? [];
      if (hashed !== undefined) return [];
      const { loops } = measureOf(plan, subplan);
      // A filter asks about the rows that are read, of which the parent's are those that are left.
      return [{ parent, subplan, caller, loops: caller === 'filter' ? Math.max(loops, rowsRead) : loops }];
    }),
  );
}
