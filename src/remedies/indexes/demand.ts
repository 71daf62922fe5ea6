import type { PlanNode } from '../../model/plan.ts';
import { usagesOf } from '../../plans/walk.ts';
import { comparedConstants } from '../../sql/comparisons.ts';
import {
  type ComparedKey,
  type Condition,
  type Conjunction,
  conjunctionOf,
  extremeOf,
  type SortedKey,
  sortedKey,
} from '../../sql/conditions.ts';
import { referencesIn } from '../../sql/references.ts';
import type { SizedTable } from '../../statistics/tables.ts';
import type { AdvisedQuery } from './workload.ts';

/** A column or expression that is compared or sorted by. */
export interface DemandedKey {
  readonly column: string | null;
  readonly text: string;
}

/** What one query wants of one relation in it. */
export interface Demand {
  readonly table: SizedTable;
  /** Compared with constants by `=`. */
  readonly equal: readonly DemandedKey[];
  /** Compared by `=` with columns of another relation, for each of those. */
  readonly joined: readonly (readonly DemandedKey[])[];
  /** Compared by `<`, `>` and the like. */
  readonly ranges: readonly DemandedKey[];
  /** Sorted or grouped by, or asked for the least or greatest of. */
  readonly orders: readonly (readonly (DemandedKey & Pick<SortedKey, 'descending' | 'nullsFirst'>)[])[];
  /** Conditions by other operators. */
  readonly others: readonly (Condition & { readonly demanded: DemandedKey })[];
  /** Conditions that are in the query's own text, the same at every execution. */
  readonly constant: readonly (Condition & { readonly demanded: DemandedKey })[];
  /** All columns of it that the query names, or null where it takes every one. */
  readonly needed: readonly string[] | null;
}

const rangeOperators: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);
const tests: ReadonlySet<string> = new Set(['IS NULL', 'IS NOT NULL', 'IS TRUE', 'IS FALSE']);

/**
 * Reads what a query wants of each of its relations, from its plan: there, views and subqueries are resolved, and
 * every name has its relation.
 */
export function demandsOf(query: AdvisedQuery, tables: ReadonlyMap<string, SizedTable>): readonly Demand[] {
  const nodes = usagesOf(query.plan).map(({ node }) => node);
  const relations = relationsIn(nodes, tables);
  const expressions = nodes.flatMap(conditionsAt);
  const orders = nodes.flatMap(ordersAt);
  const constants = comparedConstants(query.sql);
  const names = referencesIn(query.sql);
  return relations.flatMap(([alias, table]): readonly Demand[] => {
    const readKey = (key: ComparedKey) => demandedKey(key, table);
    const ofThis = <T extends { readonly key: ComparedKey }>(all: readonly T[]) =>
      all.filter(({ key }) => key.alias === alias);
    const demanded = (conjunctions: readonly Conjunction[]): Omit<Demand, 'orders' | 'needed'> => {
      const own = ofThis(conjunctions.flatMap(({ conditions }) => conditions));
      const withKey = own.map((each) => ({ ...each, demanded: readKey(each.key) }));
      const equal = withKey.filter(({ operator }) => operator === '=');
      return {
        table,
        equal: distinct(equal.filter(({ partners }) => partners.length === 0).map((each) => each.demanded)),
        joined: [
          ...Map.groupBy(
            equal.filter(({ partners }) => partners.length === 1),
            ({ partners: [partner] }) => partner,
          ).values(),
        ].map((group) => distinct(group.map((each) => each.demanded))),
        ranges: distinct(
          withKey.filter(({ operator }) => rangeOperators.has(operator)).map((each) => each.demanded),
        ),
        others: withKey.filter(
          ({ operator }) => operator !== '=' && !rangeOperators.has(operator) && !tests.has(operator),
        ),
        constant: withKey.filter(
          ({ operator, key, constant }) =>
            tests.has(operator) ||
            (operator === '=' &&
              constants.some((each) => each.column === key.column && each.constant === constant)),
        ),
      };
    };
    const conjunctions = expressions.map(conjunctionOf);
    const arms = conjunctions.flatMap(({ alternatives }) => alternatives.flat());
    const sorted = orders.flatMap((order) => {
      const keys = beginningOf(order, alias).map((each) => ({ ...each, ...readKey(each.key) }));
      return keys.length === 0 ? [] : [keys];
    });
    const needed = neededColumns(names, alias, table);
    return [
      { ...demanded(conjunctions), orders: sorted, needed },
      ...arms.map((arm) => ({ ...demanded([arm]), orders: [], needed: null })),
    ];
  });
}

/** Each alias with the table it stands for; of partitions, the partitioned one. */
function relationsIn(
  nodes: readonly PlanNode[],
  tables: ReadonlyMap<string, SizedTable>,
): readonly (readonly [string, SizedTable])[] {
  const found = nodes.flatMap(({ operation }) => {
    if (operation.kind !== 'scan') return [];
    const { schema, name, alias } = operation.relation;
    const table = tables.get(tables.get(`${schema}.${name}`)?.reportAs ?? '');
    return table === undefined ? [] : [[alias, table] as const];
  });
  return [...new Map(found)];
}

function conditionsAt({ operation }: PlanNode): readonly string[] {
  const condition = 'condition' in operation ? operation.condition : null;
  const filter = 'filter' in operation ? operation.filter : null;
  return [condition, filter].filter((each) => each !== null);
}

type Order = readonly (SortedKey | null)[];

/** Orders that a node wants of its input. */
function ordersAt({ operation, output, children }: PlanNode): readonly Order[] {
  if (operation.kind === 'sort') return [operation.keys.map(sortedKey)];
  if (operation.kind !== 'aggregate') return [];
  const extremes = output.flatMap((each) => extremeOf(each.replace(/^PARTIAL /, '')) ?? []);
  const ascending = (key: ComparedKey) => ({ key, descending: false, nullsFirst: false });
  // EXPLAIN's group keys are columns of its output; a plan that sorts for them shows a sort of its own.
  const grouped =
    operation.strategy === 'hashed' && children.length > 0
      ? output.flatMap((each) => sortedKey(each) ?? [])
      : [];
  return [...extremes.map((key) => [ascending(key)]), ...(grouped.length === 0 ? [] : [grouped])];
}

/** An index of one relation yields the order as far as its columns make it. */
function beginningOf(order: Order, alias: string): readonly SortedKey[] {
  const end = order.findIndex((each) => each === null || (each.key.alias !== alias && each.key.alias !== ''));
  return order.slice(0, end === -1 ? order.length : end).filter((each) => each !== null);
}

function demandedKey(key: ComparedKey, { columns }: SizedTable): DemandedKey {
  const { column, castTo, text } = key;
  const found = columns.find(({ name }) => name === column);
  // A varchar is compared as text, and a domain as what it is made of: an index on the column serves both.
  const isColumn = castTo === null || found?.typeName === 'varchar' || found?.typeKind === 'domain';
  return column !== null && isColumn ? { column, text: column } : { column: null, text };
}

function distinct(keys: readonly DemandedKey[]): readonly DemandedKey[] {
  return [...new Map(keys.map((key) => [key.text, key])).values()];
}

function neededColumns(
  { relations, columns }: ReturnType<typeof referencesIn>,
  alias: string,
  table: SizedTable,
): readonly string[] | null {
  if (!relations.some((each) => each.alias === alias)) return null;
  const named = columns
    .filter(({ qualifier }) => qualifier === null || qualifier === alias)
    .map(({ column }) => column);
  if (named.includes('*')) return null;
  return table.columns.map(({ name }) => name).filter((name) => named.includes(name));
}
