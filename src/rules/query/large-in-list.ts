import { onPlan } from '../on-plan.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/large-in-list',
  title: 'A list of values is part of the statement',
  message: 'holds a list of {values:count} values',
  triggeredWhen: 'IN or NOT IN is given many values one by one; an array as one parameter is not meant',
  impact:
    'each length of the list is another statement: it is parsed and planned anew, and fills the caches of prepared statements and, up to PostgreSQL 17, pg_stat_statements',
  remediation: [
    {
      kind: 'advice',
      title: 'Send one array',
      text: '`id = ANY($1)` takes all values as one parameter; for thousands, `JOIN unnest($1::bigint[]) AS wanted (id) USING (id)`, or a temporary table that is filled with COPY and analysed.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [values = 0] = textOf(plan.query)?.traits.lists ?? [];
      if (values === 0) continue;
      yield onPlan(facts, plan, facts.severity('query/large-in-list', values), { values });
    }
  },
});
