import { onPlan } from '../on-plan.ts';
import { measureOf, nameOfRelation, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/locks-unindexed-rows',
  title: 'Rows are locked while a table is scanned',
  message: 'reads {rows:count} rows of {table:code} in sequence to lock {locked:count} of them',
  triggeredWhen: 'SELECT ... FOR UPDATE or FOR SHARE finds its rows by a sequential scan',
  impact:
    'what is locked first stays locked until the scan is over and the transaction ends; two of them that scan at once can deadlock',
  remediation: [
    {
      kind: 'advice',
      title: 'Find them through an index',
      text: "Create an index on the columns of the condition, a partial one for a queue (`WHERE state = 'ready'`). Workers that take any row add `LIMIT n FOR UPDATE SKIP LOCKED`, in the order of that index.",
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = plan.measures.nodes
        .filter(({ node }) => node.type === 'LockRows')
        .flatMap((locks) =>
          subtree(locks.node).flatMap((node) =>
            node.operation.kind === 'scan' && node.operation.access === 'sequential'
              ? [
                  {
                    rows: Math.round(measureOf(plan, node).rowsRead),
                    table: nameOfRelation(node.operation.relation),
                    locked: Math.round(locks.rowsReturned),
                  },
                ]
              : [],
          ),
        )
        .toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/locks-unindexed-rows', worst.rows), { ...worst });
    }
  },
});
