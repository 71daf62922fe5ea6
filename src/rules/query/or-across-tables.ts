import type { NodeMeasure } from '../../model/plan.ts';
import { alternativesAcross } from '../../sql/condition.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { aliasesScanned, innerOf, measureOf, outerOf } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/or-across-tables',
  title: 'An OR between tables is decided after they are joined',
  message: 'decides {condition:code} for {rows:count} joined rows, of {tables}',
  triggeredWhen: 'alternatives of an OR name different tables, so that a join checks them on each joined row',
  impact:
    'neither table can be narrowed by an index before they are joined; as the only condition of a join it makes every pair be compared',
  remediation: [
    {
      kind: 'advice',
      title: 'One query for each alternative',
      text: 'Write each alternative as a SELECT with its own condition and join them by UNION; keep a primary key in the result, since UNION takes equal rows for one.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = plan.measures.nodes
        .flatMap((measured) => decidedLate(plan, measured))
        .toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/or-across-tables', worst.rows), { ...worst });
    }
  },
});

interface DecidedLate {
  readonly condition: string;
  readonly rows: number;
  readonly tables: string;
}

function decidedLate(plan: PlanFacts, { node }: NodeMeasure): readonly DecidedLate[] {
  const { operation } = node;
  const [outer, inner] = [outerOf(node), innerOf(node)];
  if (operation.kind !== 'join' || operation.filter === null || outer === null || inner === null) return [];
  const named = new Set(alternativesAcross(operation.filter)?.flatMap((side) => [...side]) ?? []);
  const [left, right] = [aliasesScanned(outer), aliasesScanned(inner)];
  const names = [...named];
  if (!names.some((alias) => left.has(alias)) || !names.some((alias) => right.has(alias))) return [];
  const [fromOuter, fromInner] = [outer, inner].map((side) => measureOf(plan, side).rowsReturned);
  // A nested loop runs its inner side for each outer row; other joins go through each side once.
  const rows =
    operation.method === 'nested loop' ? (fromInner ?? 0) : Math.max(fromOuter ?? 0, fromInner ?? 0);
  return [{ condition: operation.filter, rows: Math.round(rows), tables: names.join(' and ') }];
}
