import { lostIndexes } from '../../plans/compare.ts';
import { onPlan } from '../on-plan.ts';
import { explainChange } from '../plan-cause.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/lost-index',
  title: 'A query stopped using an index',
  message:
    'read {table:code} through {index:code} and now reads all {rows:count} rows; its cost goes from {before:count} to {after:count}[[, because of {causeSql:code} at {cause:code}]]',
  triggeredWhen: 'a query that used an index on the base branch scans the whole table at head',
  impact: 'its cost grows with the table instead of with the result',
  remediation: [
    {
      kind: 'advice',
      title: 'Keep the index',
      text: 'Keep it, or create one first that serves the same condition; drop the old one in a later deploy. Where it was dropped, `migration/index-dropped-in-use` stands at the statement.',
    },
  ],
  core: false,
  *check(facts) {
    for (const change of [...facts.planChanges, ...facts.queryChanges]) {
      const { base, head } = change;
      const [worst] = lostIndexes(base.measures, head.measures).toSorted(
        (a, b) => b.after.rowsRead - a.after.rowsRead,
      );
      if (worst === undefined || head.measures.cost <= base.measures.cost) continue;
      const rows = Math.round(worst.after.rowsRead);
      const explained = explainChange(facts, change);
      const figures = {
        table: worst.relation,
        index: worst.indexes.join(', '),
        rows,
        before: base.measures.cost,
        after: head.measures.cost,
        ...explained.facts,
      };
      yield onPlan(facts, head, facts.severity('query/lost-index', rows), figures, explained.location);
    }
  },
});
