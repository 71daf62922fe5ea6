import type { Severity } from '../../model/insight.ts';
import type { PlanNode } from '../../model/plan.ts';
import type { Offset } from '../../sql/traits.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';
import { milder } from '../severity.ts';

export default defineRule({
  id: 'query/offset-pagination',
  title: 'A page is found by counting the rows before it',
  message:
    'passes over {skipped:count} rows to return {returned:count}; with the last page it is {all:count}[[ ({guess})]]',
  triggeredWhen: 'OFFSET passes over many rows; where its value was not captured it is a low remark only',
  impact:
    'each page costs more than the one before; rows that are inserted meanwhile make others appear twice or not at all',
  remediation: [
    {
      kind: 'advice',
      title: 'Page by key',
      text: 'Remember the last row of a page and go on from it: `WHERE (created_at, id) < ($1, $2) ORDER BY created_at DESC, id DESC LIMIT 20`, with an index on the same columns.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const offset = textOf(plan.query)?.traits.offset ?? null;
      const limit = subtree(plan.plan).find(({ operation }) => operation.kind === 'limit');
      const pageable = limit?.children[0];
      if (offset === null || limit === undefined || pageable === undefined) continue;
      const known = knownRows(offset, plan);
      const skipped = Math.min(known ?? guessed(pageable), pageable.rows);
      yield onPlan(facts, plan, severityOf(facts, skipped, known !== null), {
        skipped: Math.round(skipped),
        returned: plan.measures.rowsReturned,
        all: pageable.rows,
        guess: known === null ? 'how far is a guess: no value was captured' : null,
      });
    }
  },
});

function severityOf(facts: Facts, skipped: number, isKnown: boolean): Severity {
  const severity = facts.severity('query/offset-pagination', skipped);
  return isKnown ? severity : milder(severity, 'low');
}

/** The furthest page that was captured. */
function knownRows(offset: Offset, { query }: PlanFacts): number | null {
  switch (offset.kind) {
    case 'constant':
      return offset.rows;
    case 'parameter': {
      const values = query.samples.map((sample) => Number(sample[offset.number - 1]));
      const numbers = values.filter((value) => Number.isFinite(value));
      return numbers.length === 0 ? null : Math.max(...numbers);
    }
    case 'expression':
      return null;
    default:
      return offset satisfies never;
  }
}

/** A tenth of the rows, which is what the planner supposes of an OFFSET that it does not know. */
function guessed({ rows }: PlanNode): number {
  return rows / 10;
}
