import type { PlanNode } from '../../model/plan.ts';
import type { QueryBlock } from '../../sql/blocks.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { ancestorsOf, isUniqueBy, type JoinedSource, multiplyingJoins, resolve } from '../fan-out.ts';
import { joinTreeOf, namesOfSources } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { measureOf, subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';
import { worstOf } from '../severity.ts';

export default defineRule({
  id: 'query/aggregate-fan-out',
  title: 'Joins multiply each other before they are aggregated',
  message:
    'joins {joins:count} tables that have many rows for one ({many:code}): each repeats the rows of the others, which makes {rows:count} rows for {groups:count} groups[[; {wrong:code} counts the repetitions]]',
  triggeredWhen:
    'two or more joins to many rows, none of them below another, stand under one GROUP BY, aggregate or DISTINCT. A join is to many where no unique index covers the columns that it compares',
  impact:
    'with ten rows in each of five such tables, a hundred thousand rows are made of fifty; counts and sums without DISTINCT are too high',
  remediation: [
    {
      kind: 'advice',
      title: 'Aggregate each before it is joined',
      text: 'One query for each figure, or one subquery each: `LEFT JOIN LATERAL (SELECT count(*) AS posts FROM posts WHERE posts.user_id = users.id) p ON true`, so that one row is joined instead of many.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const found = (textOf(plan.query)?.blocks ?? []).flatMap((block) => fanOutOf(facts, plan, block) ?? []);
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      const severity = facts.severity('query/aggregate-fan-out', worst.rows);
      yield onPlan(facts, plan, worstOf([severity, worst.wrong === null ? 'healthy' : 'medium']), {
        ...worst,
      });
    }
  },
});

interface FanOut {
  readonly joins: number;
  readonly many: string;
  readonly rows: number;
  readonly groups: number;
  /** An aggregate whose result the other joins falsify, or null. */
  readonly wrong: string | null;
}

function fanOutOf(facts: Facts, plan: PlanFacts, block: QueryBlock): FanOut | null {
  if (block.aggregates.length === 0 && block.grouping === null && !block.distinct) return null;
  const tree = joinTreeOf(facts, plan, block);
  const planned = new Set(subtree(plan.plan).flatMap(aliasOf));
  // What PostgreSQL sees to be of no use, it does not join.
  const many = multiplyingJoins(tree).filter(({ source }) => planned.has(source.alias));
  const aggregates = many.length < 2 ? [] : aggregatesOver(plan.plan, many);
  const input = aggregates.at(-1)?.children[0];
  const whole = aggregates.findLast(
    ({ operation }) => operation.kind !== 'aggregate' || operation.partial !== 'partial',
  );
  if (whole === undefined || input === undefined) return null;
  return {
    joins: many.length,
    many: namesOfSources(many),
    rows: Math.round(measureOf(plan, input).rowsReturned),
    groups: Math.round(Math.min(measureOf(plan, whole).rowsReturned, groupsOf(plan, block, tree))),
    wrong: falsified(block, tree, many),
  };
}

/**
 * Groups of a GROUP BY that holds a key of the first source: as many as that has rows. The planner multiplies the values
 * of all columns, also of those that the key decides about.
 */
function groupsOf(plan: PlanFacts, block: QueryBlock, tree: readonly JoinedSource[]): number {
  const [root] = tree;
  const grouped = (block.grouping ?? []).flatMap((column) => resolve(column, tree) ?? []);
  const columns = grouped.flatMap(({ qualifier, column }) =>
    qualifier === root?.source.alias ? [column] : [],
  );
  if (root === undefined || !isUniqueBy(root, columns)) return Number.POSITIVE_INFINITY;
  return plan.measures.nodes
    .filter(({ node }) => aliasOf(node).includes(root.source.alias))
    .reduce((sum, { rowsReturned }) => sum + rowsReturned, 0);
}

function aliasOf({ operation }: PlanNode): readonly string[] {
  return operation.kind === 'scan' ? [operation.relation.alias] : [];
}

/** Nodes that aggregate, or make unique, the rows of all the joins; the lowest last. */
function aggregatesOver(root: PlanNode, many: readonly JoinedSource[]): readonly PlanNode[] {
  return subtree(root).filter((node) => {
    const aliases = new Set(subtree(node).flatMap(aliasOf));
    const isAggregate = node.operation.kind === 'aggregate' || node.type === 'Unique';
    return isAggregate && many.every(({ source }) => aliases.has(source.alias));
  });
}

/** Aggregates that count, add up or list a row as often as the other joins repeat it. */
const repeating: ReadonlySet<string> = new Set([
  'count',
  'sum',
  'array_agg',
  'json_agg',
  'jsonb_agg',
  'string_agg',
]);

function falsified(
  block: QueryBlock,
  tree: readonly JoinedSource[],
  many: readonly JoinedSource[],
): string | null {
  const wrong = block.aggregates.find(({ name, distinct, columns }) => {
    if (distinct || !repeating.has(name)) return false;
    const sources = new Set(columns.flatMap((column) => resolve(column, tree)?.qualifier ?? []));
    const [only] = sources;
    // One join alone repeats nothing of its own; of the others, any does.
    return (
      only !== undefined &&
      sources.size === 1 &&
      many.some((join) => join.source.alias !== only && !ancestorsOf(join, tree).includes(only))
    );
  });
  if (wrong === undefined) return null;
  const [column] = wrong.columns;
  return `${wrong.name}(${column === undefined ? '' : [column.qualifier, column.column].filter((part) => part !== null).join('.')})`;
}
