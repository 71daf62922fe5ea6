import type { NodeMeasure } from '../../model/plan.ts';
import { containmentsIn } from '../../sql/condition.ts';
import { quoteIdentifier, quoteQualified } from '../../sql/identifier.ts';
import type { Facts } from '../facts.ts';
import type { TableFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { nameOfRelation } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/jsonb-without-gin',
  title: 'Every document of a jsonb column is looked into',
  message: 'looks into {column:code} of {rows:count} rows of {table:code} by {operators:code}',
  triggeredWhen:
    'a filter asks a jsonb column for containment, keys or a path (`@>`, `?`, `?|`, `?&`, `@?`, `@@`), and no GIN index on it answers that',
  impact: 'each row is read and its document unpacked; no ordinary index helps',
  remediation: [
    {
      kind: 'sql',
      title: 'Index what is in the documents',
      text: 'CREATE INDEX CONCURRENTLY ON {quoted:sql} USING gin ({key:sql});',
    },
    {
      kind: 'advice',
      title: 'Or one field',
      text: "Where it is always the same field that is asked for, an index on the expression (`((data ->> 'status'))`) and a comparison by `=` are smaller and cheaper to write.",
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = plan.measures.nodes
        .flatMap((measured) => unindexed(facts, measured))
        .toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/jsonb-without-gin', worst.rows), { ...worst });
    }
  },
});

interface LookedInto {
  readonly table: string;
  /** The same as it is written in SQL. */
  readonly quoted: string;
  readonly column: string;
  readonly operators: string;
  /** Column and operator class for CREATE INDEX. */
  readonly key: string;
  readonly rows: number;
}

function unindexed(facts: Facts, { node: { operation }, rowsRead }: NodeMeasure): readonly LookedInto[] {
  if (operation.kind !== 'scan' || operation.filter === null) return [];
  const table = facts.table(nameOfRelation(operation.relation));
  if (table === null) return [];
  const asked = containmentsIn(operation.filter).filter(({ column, operator }) => {
    const isJsonb = table.columns.some(({ name, typeName }) => name === column && typeName === 'jsonb');
    return isJsonb && !isAnswered(table, column, operator);
  });
  // How many documents match is a guess of the planner's, and with it how early a LIMIT ends the scan.
  const rows = operation.access === 'sequential' ? table.rows : rowsRead;
  return [...Map.groupBy(asked, ({ column }) => column)].map(([column, all]) => {
    const operators = [...new Set(all.map(({ operator }) => operator))];
    const opclass = operators.every(ofPaths) ? ' jsonb_path_ops' : '';
    return {
      table: table.reportAs,
      quoted: quoteQualified(table.reportAs),
      column,
      operators: operators.join(' '),
      key: `${quoteIdentifier(column)}${opclass}`,
      rows: Math.round(rows),
    };
  });
}

/** Whether jsonb_path_ops answers an operator: it is smaller, but knows no keys alone. */
function ofPaths(operator: string): boolean {
  return ['@>', '@?', '@@'].includes(operator);
}

function isAnswered(table: TableFacts, column: string, operator: string): boolean {
  return table.indexes.some(
    ({ method, valid, keys }) =>
      method === 'gin' &&
      valid &&
      keys.some(
        (key) =>
          (key.column === column || (key.expression?.includes(column) ?? false)) &&
          (key.operatorClass !== 'jsonb_path_ops' || ofPaths(operator)),
      ),
  );
}
