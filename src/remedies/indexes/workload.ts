import type { PlanNode } from '../../model/plan.ts';
import type { Query } from '../../model/query.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { plannableOf } from '../../plans/parameters/variants.ts';
import { usagesOf } from '../../plans/walk.ts';
import type { SchemaFacts } from '../../rules/schema-facts.ts';
import { assignedColumns } from '../../sql/assigned-columns.ts';
import { quoteIdentifier, quoteQualified } from '../../sql/identifier.ts';
import type { SizedTable } from '../../statistics/tables.ts';

/** What is planned for a captured query: itself, or what PostgreSQL sends for it to check a foreign key. */
export interface AdvisedQuery {
  readonly query: Query;
  readonly sql: string;
  readonly parameterCount: number;
  readonly params: readonly unknown[] | null;
  /** How often it runs for one execution of the query. */
  readonly perCall: number;
  /** The query's own; of a check, a scan of its table. */
  readonly plan: PlanNode;
  /** What it costs as it is; null where that is not known yet. */
  readonly cost: number | null;
  /** Qualified names; partitioned tables for their partitions. */
  readonly tables: readonly string[];
}

/** Rows that the captured executions of one query write to a table. */
export interface Write {
  readonly calls: number;
  readonly rowsPerCall: number;
  /** Null for all of them: rows come or go. */
  readonly columns: readonly string[] | null;
}

/** The captured queries, as those who choose indexes see them. */
export interface AdvisedWorkload {
  readonly queries: readonly AdvisedQuery[];
  readonly writes: ReadonlyMap<string, readonly Write[]>;
}

export function advisedWorkload(
  planned: readonly PlannedQuery[],
  tables: ReadonlyMap<string, SizedTable>,
  schema: SchemaFacts,
): AdvisedWorkload {
  const rootOf = (name: string) => tables.get(name)?.reportAs ?? name;
  const writes = planned.flatMap((each) => writesOf(each, rootOf));
  const checks = planned.flatMap((each) => checksOf(each, schema, tables, rootOf));
  return {
    queries: [
      ...planned.map(({ query, plan, measures, ...variant }) => ({
        query,
        ...plannableOf(variant),
        perCall: 1,
        plan,
        cost: plan.cost.total,
        tables: [...new Set(measures.tables.map(rootOf))],
      })),
      ...checks,
    ],
    writes: new Map(
      [...Map.groupBy(writes, ({ table }) => table)].map(([table, all]) => [
        table,
        all.map(({ write }) => write),
      ]),
    ),
  };
}

/** Modifications in a plan: the rows that one reads are those that it changes. */
function modificationsIn({ plan }: PlannedQuery) {
  return usagesOf(plan).flatMap(({ node: { operation, children } }) =>
    operation.kind === 'modify'
      ? [
          {
            ...operation,
            rows: Math.max(
              1,
              children.reduce((sum, child) => sum + child.rows, 0),
            ),
          },
        ]
      : [],
  );
}

function writesOf(planned: PlannedQuery, rootOf: (name: string) => string) {
  return modificationsIn(planned).map(({ operation, relation, rows }) => {
    const columns = operation === 'Update' ? assignedColumns(planned.query.sql) : null;
    const write: Write = { calls: planned.query.calls, rowsPerCall: rows, columns };
    return { table: rootOf(`${relation.schema}.${relation.name}`), write };
  });
}

/**
 * For each row that is deleted, or whose key is changed, PostgreSQL looks for rows that refer to it
 * (RI_FKey_noaction_del and the like in ri_triggers.c). EXPLAIN does not show these queries.
 */
function checksOf(
  planned: PlannedQuery,
  schema: SchemaFacts,
  tables: ReadonlyMap<string, SizedTable>,
  rootOf: (name: string) => string,
): readonly AdvisedQuery[] {
  return modificationsIn(planned).flatMap(({ operation, relation, rows }) => {
    const written = rootOf(`${relation.schema}.${relation.name}`);
    const assigned = operation === 'Update' ? assignedColumns(planned.query.sql) : [];
    return schema.all('constraint').flatMap((key): readonly AdvisedQuery[] => {
      const { references, columns } = key;
      const table = tables.get(key.table);
      if (
        references?.table !== written ||
        !key.enforced ||
        table === undefined ||
        table.reportAs !== table.name
      )
        return [];
      const isAsked =
        operation === 'Delete' || references.columns.some((column) => assigned.includes(column));
      return isAsked ? [checkOf(planned.query, table, columns, rows)] : [];
    });
  });
}

function checkOf(query: Query, table: SizedTable, columns: readonly string[], perCall: number): AdvisedQuery {
  const conditions = columns.map((column, index) => `$${index + 1} = x.${quoteIdentifier(column)}`);
  const filters = columns.map((column, index) => `($${index + 1} = x.${quoteIdentifier(column)})`);
  const [schema = '', name = ''] = [
    table.name.slice(0, table.name.indexOf('.')),
    table.name.slice(table.name.indexOf('.') + 1),
  ];
  return {
    query,
    sql: `SELECT 1 FROM ${quoteQualified(table.name)} x WHERE ${conditions.join(' AND ')}`,
    parameterCount: columns.length,
    params: null,
    perCall,
    cost: null,
    plan: {
      type: 'Seq Scan',
      operation: {
        kind: 'scan',
        access: 'sequential',
        relation: { schema, name, alias: 'x' },
        index: null,
        condition: null,
        filter: `(${filters.join(' AND ')})`,
      },
      role: 'outer',
      subplan: null,
      parallelAware: false,
      cost: { startup: 0, total: 0 },
      rows: 1,
      width: 0,
      output: [],
      children: [],
    },
    tables: [table.name],
  };
}
