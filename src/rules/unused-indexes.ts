import type { NodeMeasure } from '../model/plan.ts';
import { canonicalExpression, type WrappedColumn, wrappedColumns } from '../sql/predicate.ts';
import type { Facts } from './facts.ts';
import type { PlanFacts, TableFacts } from './facts-source.ts';
import { textOf } from './query-text.ts';

/** An index that a condition cannot use, since it compares something made of the column. */
export interface UnusedIndex {
  /** What is compared, in short. */
  readonly expression: string;
  readonly column: string;
  /** Type of the column, as format_type prints it. */
  readonly type: string;
  /** The type to which PostgreSQL casts the column on its own; null where the query itself says what is compared. */
  readonly implicitCast: string | null;
  readonly index: string;
  readonly table: string;
  /** Rows that are read instead. */
  readonly rows: number;
}

/** Two rules ask about each plan. */
const found = new WeakMap<PlanFacts, readonly UnusedIndex[]>();

/** All indexes that the conditions of a plan cannot use. */
export function unusedIndexes(facts: Facts, plan: PlanFacts): readonly UnusedIndex[] {
  const known = found.get(plan) ?? plan.measures.nodes.flatMap((measured) => unusedBy(facts, plan, measured));
  found.set(plan, known);
  return known;
}

function unusedBy(facts: Facts, plan: PlanFacts, measured: NodeMeasure): readonly UnusedIndex[] {
  const { operation } = measured.node;
  if (operation.kind !== 'scan') return [];
  const name = `${operation.relation.schema}.${operation.relation.name}`;
  const table = facts.table(name);
  if (table === null) return [];
  const conditions = [operation.filter, ...joinConditions(plan)].filter((condition) => condition !== null);
  return conditions
    .flatMap((condition) =>
      wrappedColumns(condition, ({ column }, type) => isRelabelling(table, column, type)),
    )
    .filter(({ alias }) => alias === operation.relation.alias)
    .flatMap((wrapped) => {
      const { expression, column } = wrapped;
      const index = indexKept(table, wrapped);
      const type = table.columns.find((each) => each.name === column)?.type ?? '';
      const implicitCast = isWritten(plan, wrapped) ? null : wrapped.cast;
      const rows = Math.round(measured.rowsRead);
      return index === null
        ? []
        : [{ expression, column, type, implicitCast, index, table: table.name, rows }];
    });
}

/** Whether the text casts the column itself; a text that cannot be read is supposed to. */
function isWritten(plan: PlanFacts, { column }: WrappedColumn): boolean {
  return textOf(plan.query)?.traits.casts.has(column) ?? true;
}

function joinConditions({ measures }: PlanFacts): readonly string[] {
  return measures.nodes.flatMap(({ node: { operation } }) =>
    operation.kind === 'join' ? [operation.condition, operation.filter].filter((each) => each !== null) : [],
  );
}

/** varchar and domains are stored as what they are cast to, and their indexes serve both. */
function isRelabelling(table: TableFacts, name: string, type: string): boolean {
  const column = table.columns.find((each) => each.name === name);
  if (column === undefined) return true;
  return column.typeKind === 'domain' || (column.typeName === 'varchar' && type === 'text');
}

/** The index that begins with the column, unless another one is on the very expression. */
function indexKept(table: TableFacts, { column, canonical }: WrappedColumn): string | null {
  const valid = table.indexes.filter((index) => index.valid);
  const serves = valid.some(({ keys }) =>
    keys.some(({ expression }) => expression !== null && canonicalExpression(expression) === canonical),
  );
  return serves ? null : (valid.find(({ keys }) => keys[0]?.column === column)?.name ?? null);
}
