import type { Measures, PlanDifference, PlanNode, WorkChange } from '../../model/plan.ts';
import { describeNode, indexesUsed } from '../compare.ts';
import { changesOfWork } from './changes.ts';
import { costliest, costOf, type Work, worksOf } from './work.ts';

/** Two plans of one query, matched by the work that they do. */
export interface PlanComparison {
  /** What is done otherwise; about the work whose cost grew most first. */
  readonly changes: readonly WorkChange[];
  /** The work whose cost grew most; null where none did. */
  readonly difference: PlanDifference | null;
  /** Nodes of the second plan that are not as they were: of the work whose cost grew most, and others. */
  readonly marks: ReadonlyMap<PlanNode, 'cause' | 'changed'>;
  /** Tables of the work whose cost changed most, partitions by their own names as well. */
  readonly focus: ReadonlySet<string>;
  /** Tables of both plans, likewise. */
  readonly tables: ReadonlySet<string>;
  /** Indexes that only the first plan uses, and those that only the second does, by qualified name. */
  readonly lost: ReadonlySet<string>;
  readonly gained: ReadonlySet<string>;
  /** What rows of both plans are found, joined, filtered and sorted by. */
  readonly conditions: string;
  /** What they put out, at every node. */
  readonly output: string;
  /** What the whole plan's cost grew by; negative where it fell. */
  readonly growth: number;
}

/** Compares two plans of one query. */
export function comparePlans(base: Measures, head: Measures): PlanComparison {
  const before = worksOf(base);
  const after = worksOf(head);
  const pairs = [...new Set([...after.keys(), ...before.keys()])].map((key): Pair => {
    const pair = { before: before.get(key), after: after.get(key) };
    const growth = costOf(pair.after) - costOf(pair.before);
    return { ...pair, growth, changes: changesOfWork(pair.before, pair.after) };
  });
  // Of equals, the deeper work feeds the other: parents come first.
  const byGrowth = pairs.toReversed().toSorted((a, b) => b.growth - a.growth);
  const [most] = byGrowth;
  const [changedMost] = pairs.toSorted((a, b) => Math.abs(b.growth) - Math.abs(a.growth));
  const nodes = [...base.nodes, ...head.nodes];
  const used = [indexesUsed(base), indexesUsed(head)] as const;
  return {
    changes: byGrowth.flatMap(({ changes }) => changes),
    difference: most === undefined ? null : differenceOf(most, base, head),
    marks: marksOf(byGrowth),
    focus: namesOf(
      [most !== undefined && most.growth > 0 ? most : changedMost].filter((each) => each !== undefined),
    ),
    tables: namesOf(pairs),
    lost: without(used[0], used[1]),
    gained: without(used[1], used[0]),
    conditions: nodes.flatMap(({ node }) => conditionsOf(node)).join('\n'),
    output: [...new Set(nodes.flatMap(({ node }) => node.output))].join('\n'),
    growth: head.cost - base.cost,
  };
}

function without(all: ReadonlySet<string>, others: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...all].filter((each) => !others.has(each)));
}

interface Pair {
  readonly before: Work | undefined;
  readonly after: Work | undefined;
  readonly growth: number;
  readonly changes: readonly WorkChange[];
}

function differenceOf(
  { before, after, growth }: Pair,
  base: Measures,
  head: Measures,
): PlanDifference | null {
  const measure = after === undefined ? null : costliest(after);
  if (measure === null || growth <= 0) return null;
  const earlier = before === undefined ? null : costliest(before);
  return {
    node: describeNode(measure.node),
    relation: relationOf(measure.node),
    tables: after?.tables ?? [],
    before: earlier === null ? null : describeNode(earlier.node),
    // How often a subplan runs is a guess that can exceed what the planner reckoned with.
    costBefore: Math.round(Math.min(base.cost, costOf(before)) * 100) / 100,
    costAfter: Math.round(Math.min(head.cost, costOf(after)) * 100) / 100,
  };
}

function relationOf({ operation }: PlanNode): string | null {
  return 'relation' in operation ? `${operation.relation.schema}.${operation.relation.name}` : null;
}

function marksOf(byGrowth: readonly Pair[]): ReadonlyMap<PlanNode, 'cause' | 'changed'> {
  return new Map(
    byGrowth.flatMap(({ after, growth, changes }, index) => {
      const isCause = index === 0 && growth > 0;
      if (after === undefined || (!isCause && changes.length === 0)) return [];
      const most = costliest(after)?.node;
      return after.nodes.map(({ node }) => [node, isCause && node === most ? 'cause' : 'changed'] as const);
    }),
  );
}

function namesOf(pairs: readonly Pair[]): ReadonlySet<string> {
  const works = pairs.flatMap(({ before, after }) => [before, after].filter((work) => work !== undefined));
  return new Set(
    works.flatMap(({ tables, nodes }) => [...tables, ...nodes.flatMap(({ node }) => relationOf(node) ?? [])]),
  );
}

function conditionsOf({ operation }: PlanNode): readonly string[] {
  const conditions = [
    'condition' in operation ? operation.condition : null,
    'filter' in operation ? operation.filter : null,
  ];
  const keys = operation.kind === 'sort' ? operation.keys : [];
  return [...conditions.filter((text) => text !== null), ...keys];
}
