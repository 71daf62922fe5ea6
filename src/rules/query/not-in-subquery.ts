import type { NotIn } from '../../sql/traits.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { tableOf } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { nameOfRelation, repeatedSubplans, subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';
import { worstOf } from '../severity.ts';

export default defineRule({
  id: 'query/not-in-subquery',
  title: 'NOT IN asks a whole subquery',
  message:
    '[[compares each of {rows:count} rows with the {list:count} of {table:code}: {pairs:count} pairs; ]]{trap}',
  triggeredWhen:
    'the list of NOT IN (SELECT ...) is too large to be hashed and is gone through for every row; or it may hold NULL, then it is a low remark',
  impact:
    'NOT IN cannot become an anti join, since NULL would have to make it unknown: with one NULL in the list no row is returned at all',
  remediation: [
    {
      kind: 'advice',
      title: 'Use NOT EXISTS',
      text: '`NOT EXISTS (SELECT FROM t WHERE t.key = o.key)` is planned as an anti join, can use an index, and passes over NULL.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const notIn = textOf(plan.query)?.traits.notIn ?? [];
      if (notIn.length === 0) continue;
      const lists = listsWalked(plan);
      const [worst] = lists.toSorted((a, b) => b.pairs - a.pairs);
      const nullable = notIn.flatMap((each) => nullableColumn(facts, plan, each) ?? [])[0];
      const severity = facts.severity('query/not-in-subquery', worst?.pairs ?? 0);
      if (severity === 'healthy' && nullable === undefined) continue;
      const isWalked = severity !== 'healthy';
      yield onPlan(facts, plan, worstOf([severity, nullable === undefined ? 'healthy' : 'low']), {
        rows: isWalked ? (worst?.rows ?? null) : null,
        list: worst?.list ?? null,
        table: worst?.table ?? null,
        pairs: worst?.pairs ?? null,
        trap:
          nullable === undefined
            ? 'a list of that size is not hashed'
            : `a NULL in ${nullable}, which may hold one, makes it return nothing`,
      });
    }
  },
});

interface WalkedList {
  readonly rows: number;
  readonly list: number;
  readonly table: string | null;
  readonly pairs: number;
}

function listsWalked(plan: PlanFacts): readonly WalkedList[] {
  return repeatedSubplans(plan)
    .filter(({ caller }) => caller === 'filter')
    .map(({ subplan, loops }) => {
      const scan = subtree(subplan).find(({ operation }) => operation.kind === 'scan');
      const table = scan?.operation.kind === 'scan' ? nameOfRelation(scan.operation.relation) : null;
      return {
        rows: Math.round(loops),
        list: subplan.rows,
        table,
        pairs: Math.round(loops) * subplan.rows,
      };
    });
}

/** The column that NOT IN looks for, where the catalogue lets it be NULL and the subquery does not leave that out. */
function nullableColumn(facts: Facts, plan: PlanFacts, { column, relations, nulls }: NotIn): string | null {
  if (column === null || nulls === 'left out') return null;
  const found = relations
    .filter(({ alias }) => column.qualifier === null || column.qualifier === alias)
    .flatMap((relation) => tableOf(facts, plan, { relation }) ?? [])
    .flatMap((table) => {
      const stored = table.columns.find(({ name }) => name === column.column);
      return stored === undefined ? [] : [{ table, stored }];
    });
  const [only] = found;
  if (only === undefined || found.length > 1 || only.stored.notNull) return null;
  return `${only.table.name}.${only.stored.name}`;
}
