import type { NodeMeasure } from '../../model/plan.ts';
import { alternativesAcross, comparedColumns } from '../../sql/condition.ts';
import { quoteIdentifier, quoteQualified } from '../../sql/identifier.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { conditionsOf, innerOf, measureOf, nameOfRelation, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

/** A shorter inner side is cheaper to go through than to look up. */
const leastRows = 100;

export default defineRule({
  id: 'query/nested-loop-over-scan',
  title: 'A join compares every row with every row',
  message:
    'compares each of {outer:count} rows with {inner:count} others by {condition:code}: {pairs:count} pairs, read from {table:code} in sequence',
  triggeredWhen:
    'the inner side of a nested loop is a sequential scan or a stored result, so that no index finds the rows that belong together, and the loop runs more than once',
  impact: 'the work is the product of the two sides: twice the data takes four times as long',
  remediation: [
    {
      kind: 'sql',
      title: 'Let the join look its rows up',
      text: 'CREATE INDEX CONCURRENTLY ON {quoted:sql} ({columns:sql});',
      needs: 'columns',
    },
    {
      kind: 'advice',
      title: 'Join by equality',
      text: 'A comparison by `=` of plain columns lets PostgreSQL hash one side instead of going through it each time; a range needs an index on the column that it compares.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = plan.measures.nodes
        .flatMap((measured) => loopOver(plan, measured))
        .toSorted((a, b) => b.pairs - a.pairs);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/nested-loop-over-scan', worst.pairs), { ...worst });
    }
  },
});

interface Loop {
  readonly outer: number;
  readonly inner: number;
  readonly pairs: number;
  readonly condition: string;
  /** The largest table below the join that is read in sequence. */
  readonly table: string;
  /** The same as it is written in SQL. */
  readonly quoted: string;
  /** Its columns in the condition, as they are stored, for CREATE INDEX; null for none. */
  readonly columns: string | null;
}

function loopOver(plan: PlanFacts, { node: join }: NodeMeasure): readonly Loop[] {
  const inner = innerOf(join);
  if (join.operation.kind !== 'join' || join.operation.method !== 'nested loop' || inner === null) return [];
  const isStored = inner.operation.kind === 'materialize';
  const isScan = inner.operation.kind === 'scan' && inner.operation.access === 'sequential';
  const condition = join.operation.filter ?? (isScan ? conditionsOf(inner)[0] : undefined);
  // A loop without a condition makes a product; an OR that names both sides has a rule of its own.
  if ((!isStored && !isScan) || condition === undefined || alternativesAcross(condition) !== null) return [];
  const measured = measureOf(plan, inner);
  const pairs = isStored ? measured.rowsReturned : measured.rowsRead;
  const each = isStored ? inner.rows : pairs / Math.max(1, measured.loops);
  const [scanned] = subtree(join)
    .flatMap((node) => (node.operation.kind === 'scan' ? [{ node, operation: node.operation }] : []))
    .filter(({ operation }) => operation.access === 'sequential')
    .toSorted((a, b) => b.node.rows - a.node.rows);
  if (measured.loops < 2 || each < leastRows || scanned === undefined) return [];
  const table = nameOfRelation(scanned.operation.relation);
  const columns = [...comparedColumns(condition, scanned.operation.relation.alias)];
  return [
    {
      outer: Math.round(pairs / each),
      inner: Math.round(each),
      pairs: Math.round(pairs),
      condition,
      table,
      quoted: quoteQualified(table),
      columns: columns.length === 0 ? null : columns.map(quoteIdentifier).join(', '),
    },
  ];
}
