import type { NodeMeasure } from '../../model/plan.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { measureOf, nameOfRelation, outerOf, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

/** Part of the rows read that is changed at most, for an index to be worth it. */
const mostChanged = 0.5;

export default defineRule({
  id: 'query/write-scans-table',
  title: 'A write reads the whole table to find its rows',
  message: '{operation} reads {rows:count} rows of {table:code} in sequence to change {changed:count}',
  triggeredWhen:
    'UPDATE, DELETE or MERGE finds the rows that it changes by a sequential scan, and changes at most half of them',
  impact:
    'rows that are changed first stay locked while the rest of the table is read, and everybody who wants them waits',
  remediation: [
    {
      kind: 'advice',
      title: 'Find them through an index',
      text: 'Create an index on the columns of its condition. A clean-up of many rows goes in batches: `WHERE id IN (SELECT id FROM t WHERE ... LIMIT 1000)`.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      for (const measured of plan.measures.nodes) {
        const found = scanOf(facts, plan, measured);
        if (found === null || found.changed > found.rows * mostChanged) continue;
        const severity = facts.severity('query/write-scans-table', found.rows - found.changed);
        yield onPlan(facts, plan, severity, { ...found });
      }
    }
  },
});

interface WrittenScan {
  readonly operation: string;
  readonly table: string;
  readonly rows: number;
  readonly changed: number;
}

function scanOf(facts: Facts, plan: PlanFacts, { node }: NodeMeasure): WrittenScan | null {
  const source = outerOf(node);
  if (node.operation.kind !== 'modify' || node.operation.operation === 'Insert' || source === null)
    return null;
  const target = nameOfRelation(node.operation.relation);
  const scans = subtree(source).flatMap((each) => {
    if (each.operation.kind !== 'scan' || each.operation.access !== 'sequential') return [];
    const scanned = nameOfRelation(each.operation.relation);
    return scanned === target || facts.table(scanned)?.reportAs === target ? [measureOf(plan, each)] : [];
  });
  return scans.length === 0
    ? null
    : {
        operation: node.operation.operation.toUpperCase(),
        table: target,
        rows: Math.round(scans.reduce((sum, { rowsRead }) => sum + rowsRead, 0)),
        changed: Math.round(measureOf(plan, source).rowsReturned),
      };
}
