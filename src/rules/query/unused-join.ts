import type { QueryBlock } from '../../sql/blocks.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { joinTreeOf } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'query/unused-join',
  title: 'A table is joined and not used',
  message: 'joins {table:code}, reads {rows:count} of its rows, and uses none of its columns',
  triggeredWhen:
    'a LEFT JOIN to many rows is named nowhere but in its own condition, and PostgreSQL does read it. One to a unique key is left out by the planner itself',
  impact: 'its rows are read for nothing, and those of the other tables repeated for each of them',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave it out',
      text: 'Drop the join. Where the repeated rows are counted on, say so with EXISTS or a count.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const found = (textOf(plan.query)?.blocks ?? []).flatMap((block) => unusedIn(facts, plan, block));
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) continue;
      yield onPlan(facts, plan, facts.severity('query/unused-join', worst.rows), { ...worst });
    }
  },
});

interface UnusedJoin {
  readonly table: string;
  readonly rows: number;
}

function unusedIn(facts: Facts, plan: PlanFacts, block: QueryBlock): readonly UnusedJoin[] {
  const countsRows = block.aggregates.some(({ columns }) => columns.length === 0);
  if (block.selectsStar || countsRows || block.natural) return [];
  return joinTreeOf(facts, plan, block).flatMap(({ source, table, toMany }): readonly UnusedJoin[] => {
    if (source.join !== 'left' || !toMany || table === null) return [];
    const named = block.namedBeside(source.alias);
    const isNamed = named.some(
      ({ qualifier, column }) =>
        qualifier === source.alias ||
        column === source.alias ||
        (qualifier === null && table.columns.some(({ name }) => name === column)),
    );
    const read = plan.measures.nodes.filter(
      ({ node: { operation } }) => operation.kind === 'scan' && operation.relation.alias === source.alias,
    );
    return isNamed || read.length === 0
      ? []
      : [{ table: table.name, rows: Math.round(read.reduce((sum, { rowsRead }) => sum + rowsRead, 0)) }];
  });
}
