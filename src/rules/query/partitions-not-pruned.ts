import type { NodeMeasure } from '../../model/plan.ts';
import type { TableObject } from '../../model/schema.ts';
import { comparedColumns } from '../../sql/condition.ts';
import { wrappedColumns } from '../../sql/predicate.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { conditionsOf, nameOfRelation, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';
import { worstOf } from '../severity.ts';

export default defineRule({
  id: 'query/partitions-not-pruned',
  title: 'A query searches every partition',
  message: 'reads {partitions:count} partitions of {table:code}, {rows:count} rows: {cause}',
  triggeredWhen:
    'a query with a condition on a partitioned table reads all its partitions, since the condition does not compare the partition key, or compares something made of it',
  impact:
    'each partition is locked, planned and searched; the cost grows with each one that is added, and the locks do not fit on the fast path',
  remediation: [
    {
      kind: 'advice',
      title: 'Compare the partition key itself',
      text: 'Add a condition on {key:code} as it is stored: a half-open range (`{key} >= $1 AND {key} < $2`) in place of a function of it. Where most queries cannot, the table is partitioned by the wrong key.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      for (const table of facts.schema.all('partitioned table')) {
        const unpruned = readWhole(facts, plan, table);
        if (unpruned === null) continue;
        const { isWrapped, ...figures } = unpruned;
        const byRows = isWrapped ? facts.severity('query/rows-read', figures.rows) : 'healthy';
        const byPartitions = facts.severity('query/partitions-not-pruned', figures.partitions);
        const finding = onPlan(facts, plan, worstOf([byRows, byPartitions]), figures);
        yield { ...finding, identity: [...finding.identity, table.name] };
      }
    }
  },
});

interface Unpruned {
  readonly table: string;
  readonly partitions: number;
  readonly rows: number;
  readonly key: string;
  readonly cause: string;
  /** Whether the key is compared, but not as it is stored. */
  readonly isWrapped: boolean;
}

function readWhole(facts: Facts, plan: PlanFacts, parent: TableObject): Unpruned | null {
  const keys = keyColumns(parent.partitionKey ?? '');
  const scans = plan.measures.nodes.filter((measured) => partitionRead(facts, measured) === parent.name);
  const all = facts.schema.all('table').filter(({ parents, partitionBound }) => {
    return partitionBound !== null && parents.includes(parent.name);
  });
  const read = new Set(scans.map(({ node: { operation } }) => relationOf(operation)));
  const [key] = keys;
  if (key === undefined || all.length < 2 || !all.every(({ name }) => read.has(name))) return null;
  const conditions = scans.flatMap(({ node }) =>
    subtree(node).flatMap((each) =>
      conditionsOf(each).map((condition) => ({ condition, alias: aliasOf(node.operation) })),
    ),
  );
  // Without a condition, all is asked for. A key that is compared prunes at the latest when the query runs.
  const compared = conditions.flatMap(({ condition, alias }) => [...comparedColumns(condition, alias)]);
  if (conditions.length === 0 || keys.some((each) => compared.includes(each))) return null;
  const wrapped = conditions
    .flatMap(({ condition }) => wrappedColumns(condition, () => false))
    .find(({ column }) => keys.includes(column));
  return {
    table: parent.name,
    partitions: read.size,
    rows: Math.round(scans.reduce((sum, { rowsRead }) => sum + rowsRead, 0)),
    key,
    cause:
      wrapped === undefined
        ? `no condition compares its key, ${key}`
        : `the condition compares an expression of its key ${key}, not the key`,
    isWrapped: wrapped !== undefined,
  };
}

type Operation = NodeMeasure['node']['operation'];

function relationOf(operation: Operation): string | null {
  return operation.kind === 'scan' ? nameOfRelation(operation.relation) : null;
}

function aliasOf(operation: Operation): string {
  return operation.kind === 'scan' ? operation.relation.alias : '';
}

/** The partitioned table whose partition a node reads, or null. */
function partitionRead(facts: Facts, { node: { operation } }: NodeMeasure): string | null {
  const name = relationOf(operation);
  const table = name === null ? null : facts.table(name);
  return table === null || table.reportAs === table.name ? null : table.reportAs;
}

/** Columns of a partition key such as `RANGE (created_at)`; none where it holds an expression. */
function keyColumns(key: string): readonly string[] {
  const [, list] = /^(?:RANGE|LIST|HASH) \((.*)\)$/.exec(key) ?? [];
  const columns = (list ?? '').split(', ').map((each) => each.split(' ')[0] ?? '');
  return columns.every((each) => /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(each)) ? columns : [];
}
