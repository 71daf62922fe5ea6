import type { PlanFacts } from '../facts-source.ts';
import { onPlan } from '../on-plan.ts';
import { measureOf, subtree } from '../plan-nodes.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/cte-rescanned',
  title: 'A common table expression is stored and read several times',
  message:
    'stores the {rows:count} rows of {cte:code} and reads them {times:count} times: {read:count} rows without an index',
  triggeredWhen: 'a common table expression is scanned more than once, and so materialised',
  impact:
    'conditions and orders of the outer query do not reach into it: all of it is computed, kept in memory or in a file, and searched row by row',
  remediation: [
    {
      kind: 'advice',
      title: 'Let it be planned with the query',
      text: '`WITH {cte} AS NOT MATERIALIZED (...)`, or the expression in its place, lets conditions and indexes reach the tables. Keep it where computing it twice costs more than storing it.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = rescanned(plan).toSorted((a, b) => b.read - a.read);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/cte-rescanned', worst.read), { ...worst });
    }
  },
});

interface Rescanned {
  readonly cte: string;
  readonly rows: number;
  readonly times: number;
  readonly read: number;
}

function rescanned(plan: PlanFacts): readonly Rescanned[] {
  const nodes = subtree(plan.plan);
  const scans = nodes.flatMap((node) =>
    node.operation.kind === 'cte scan'
      ? [{ cte: node.operation.cte, loops: measureOf(plan, node).loops }]
      : [],
  );
  return [...Map.groupBy(scans, ({ cte }) => cte)].flatMap(([cte, all]): readonly Rescanned[] => {
    const rows = nodes.find(({ subplan }) => subplan === `CTE ${cte}`)?.rows ?? 0;
    const times = Math.round(all.reduce((sum, { loops }) => sum + loops, 0));
    return times < 2 ? [] : [{ cte, rows, times, read: rows * times }];
  });
}
