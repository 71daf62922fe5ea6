import type { QueryBlock } from '../../sql/blocks.ts';
import type { Facts } from '../facts.ts';
import type { PlanFacts } from '../facts-source.ts';
import { multiplyingJoins, resolve } from '../fan-out.ts';
import { joinTreeOf, namesOfSources } from '../joined-tables.ts';
import { onPlan } from '../on-plan.ts';
import { aliasesScanned, measureOf, subtree } from '../plan-nodes.ts';
import { textOf } from '../query-text.ts';
import { defineRule } from '../rule.ts';

/** Part of its input that DISTINCT leaves at most, for it to undo what the join does. */
const mostLeft = 0.5;

export default defineRule({
  id: 'query/distinct-after-join',
  title: 'DISTINCT takes back what a join multiplied',
  message:
    'joins {many:code}, of which nothing is returned, and lets DISTINCT make {left:count} rows of the {rows:count} that come of it',
  triggeredWhen:
    'SELECT DISTINCT returns no column of a table that is joined to many, and at most half of the rows are left of it',
  impact: 'rows are repeated for every match, then sorted or hashed to be thrown away',
  remediation: [
    {
      kind: 'advice',
      title: 'Ask whether there is one',
      text: '`WHERE EXISTS (SELECT FROM t WHERE t.key = o.key)` ends at the first match, repeats nothing and needs no DISTINCT.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const found = (textOf(plan.query)?.blocks ?? []).flatMap(
        (block) => takenBack(facts, plan, block) ?? [],
      );
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined || worst.left > worst.rows * mostLeft) continue;
      yield onPlan(facts, plan, facts.severity('query/distinct-after-join', worst.rows), { ...worst });
    }
  },
});

interface TakenBack {
  readonly many: string;
  readonly rows: number;
  readonly left: number;
}

function takenBack(facts: Facts, plan: PlanFacts, block: QueryBlock): TakenBack | null {
  const isPlain = block.distinct && block.grouping === null && block.aggregates.length === 0;
  if (!isPlain || block.result === null || block.hasLimit) return null;
  const tree = joinTreeOf(facts, plan, block);
  // Joins that multiply each other have a rule of their own.
  if (multiplyingJoins(tree).length > 0) return null;
  const returned = block.result.map((column) => resolve(column, tree)?.qualifier ?? null);
  const many = tree.filter(({ toMany, source }) => toMany && !returned.includes(source.alias));
  if (many.length === 0 || returned.includes(null)) return null;
  const distinct = subtree(plan.plan).findLast((node) => {
    const isDistinct = node.operation.kind === 'aggregate' || node.type === 'Unique';
    const aliases = aliasesScanned(node);
    return isDistinct && block.sources.every(({ alias }) => aliases.has(alias));
  });
  const input = distinct?.children[0];
  if (distinct === undefined || input === undefined) return null;
  return {
    many: namesOfSources(many),
    rows: Math.round(measureOf(plan, input).rowsReturned),
    // Workers that run in parallel each leave what the others may have as well.
    left: block.outermost ? plan.measures.rowsReturned : Math.round(measureOf(plan, distinct).rowsReturned),
  };
}
