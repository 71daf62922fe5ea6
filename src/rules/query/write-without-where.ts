import { onPlan } from '../on-plan.ts';
import { nameOfRelation } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/write-without-where',
  title: 'A query changes every row of a table',
  message: '{operation} without WHERE: all {rows:count} rows of {table:code}',
  triggeredWhen: 'the application sends an UPDATE or DELETE without a condition',
  impact:
    'every row is locked until the transaction ends, written to the WAL and left dead for vacuum; a condition that was forgotten costs the data',
  remediation: [
    {
      kind: 'advice',
      title: 'Say which rows',
      text: 'Add the condition. Where all rows are meant, change them in batches by key, each in a transaction of its own; to empty a table, TRUNCATE.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const operation = textOf(plan.query)?.traits.writesAll ?? null;
      const root = plan.plan.operation;
      if (operation === null || root.kind !== 'modify') continue;
      const table = nameOfRelation(root.relation);
      const rows = facts.table(table)?.rows ?? 0;
      yield onPlan(facts, plan, facts.severity('query/write-without-where', rows), {
        operation,
        table,
        rows,
      });
    }
  },
});
