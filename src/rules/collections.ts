import type { ColumnStatistics } from '../model/statistics.ts';
import { unqualified } from '../sql/identifier.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts } from './facts-source.ts';
import { ancestorsOf, isUniqueBy, type JoinedSource, multiplyingJoins, resolve } from './fan-out.ts';
import { joinTreeOf, namesOfSources } from './joined-tables.ts';
import { textOf } from './query-text.ts';

/** A join to many among others, and how many rows it makes of one. */
interface Multiplied {
  readonly name: string;
  /** Rows for each row of the first table, at production size; null where no size is known. */
  readonly times: number | null;
}

/** Collections that a query joins side by side to the same rows. */
export interface Collections {
  /** Name of the table whose rows they belong to. */
  readonly root: string;
  /** Joins in words. */
  readonly names: string;
  readonly joins: readonly Multiplied[];
  /** By how much all of them multiply the rows of the first table; null where one is not known. */
  readonly times: number | null;
  /** Whether one row of the first table is asked for, by a unique key. */
  readonly ofOneRow: boolean;
  readonly hasLimit: boolean;
  /** Aliases of the topmost sources that are joined to many. */
  readonly heads: readonly string[];
}

/** What a query loads together; null where fewer than two collections multiply each other, or what is sent is counted. */
export function collectionsOf(facts: Facts, plan: PlanFacts): Collections | null {
  const block = textOf(plan.query)?.blocks.find(({ outermost }) => outermost);
  if (block === undefined || block.aggregates.length > 0 || block.grouping !== null || block.distinct)
    return null;
  const tree = joinTreeOf(facts, plan, block);
  const [root] = tree;
  const lowest = multiplyingJoins(tree);
  if (root === undefined || lowest.length < 2) return null;
  const many = tree.filter(({ toMany }) => toMany);
  const joins = lowest.map((join) => ({
    name: namesOfSources([join]),
    times: product(
      many
        .filter((each) => each === join || ancestorsOf(join, tree).includes(each.source.alias))
        .map((each) => rowsForOne(facts, each)),
    ),
  }));
  const fixed = block.equalities.flatMap(({ left, right }) => {
    const column = right === null ? resolve(left, tree) : null;
    return column?.qualifier === root.source.alias ? [column.column] : [];
  });
  return {
    root: root.table === null ? root.source.alias : unqualified(root.table.name),
    names: namesOfSources(lowest),
    joins,
    times: product(joins.map(({ times }) => times)),
    ofOneRow: root.table !== null && isUniqueBy(root, fixed),
    hasLimit: block.hasLimit,
    heads: many
      .filter((join) => !many.some(({ source }) => ancestorsOf(join, tree).includes(source.alias)))
      .map(({ source }) => source.alias),
  };
}

function product(factors: readonly (number | null)[]): number | null {
  return factors.reduce((all, each) => (all === null || each === null ? null : all * each), 1);
}

/** Rows of a joined table for each value of what it is joined by: at least the one that an outer join leaves. */
function rowsForOne(facts: Facts, { table, by }: JoinedSource): number | null {
  const sized = table === null ? null : facts.table(table.name);
  if (sized === null || sized.source === 'assumed') return null;
  const counts = by.flatMap((column) => {
    const statistics = sized.statistics.get(column);
    return statistics === undefined ? [] : (rowsOfValue(statistics, sized.rows) ?? []);
  });
  return counts.length === 0 ? null : Math.max(1, Math.min(...counts));
}

function rowsOfValue({ distinct, nullFraction }: ColumnStatistics, rows: number): number | null {
  const values = distinct < 0 ? -distinct * rows : distinct;
  return values === 0 ? null : (rows * (1 - nullFraction)) / values;
}
