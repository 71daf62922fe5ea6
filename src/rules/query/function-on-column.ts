import type { NodeMeasure } from '../../model/plan.ts';
import { canonicalExpression, type WrappedColumn, wrappedColumns } from '../../sql/predicate.ts';
import type { Facts, PlanFacts, TableFacts } from '../facts.ts';
import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/function-on-column',
  title: 'A function on a column keeps an index from being used',
  message:
    'compares {expression:code}, so the index {index:code} on that column cannot be used and {rows:count} rows of {table:code} are read',
  triggeredWhen:
    'a condition compares a function, cast or arithmetic of an indexed column, and no index on that expression exists',
  impact: 'an index knows the column, not what is made of it: the whole table is read instead',
  remediation: [
    {
      kind: 'advice',
      title: 'Compare the column itself',
      text: 'Move the function to the other side of the comparison, or turn it into a range (`created_at >= $1 AND created_at < $2`). Where that is not possible, create an index on the expression.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      const found = plan.measures.nodes.flatMap((measured) => unusedIndexes(facts, plan, measured));
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      yield worst === undefined
        ? onPlan(facts, plan, 'healthy', {})
        : onPlan(facts, plan, facts.severity('query/function-on-column', worst.rows), { ...worst });
    }
  },
});

interface UnusedIndex {
  readonly expression: string;
  readonly index: string;
  readonly table: string;
  readonly rows: number;
}

function unusedIndexes(facts: Facts, plan: PlanFacts, measured: NodeMeasure): readonly UnusedIndex[] {
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
      const index = indexKept(table, wrapped);
      return index === null
        ? []
        : [{ expression: wrapped.expression, index, table: table.name, rows: Math.round(measured.rowsRead) }];
    });
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
