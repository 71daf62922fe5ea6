import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { unusedIndexes } from '../unused-indexes.ts';

export default defineRule({
  id: 'query/function-on-column',
  title: 'A function on a column keeps an index from being used',
  message:
    'compares {expression:code}, so the index {index:code} on that column cannot be used and {rows:count} rows of {table:code} are read',
  triggeredWhen:
    'a condition compares a function, cast or arithmetic of an indexed column, and no index on that expression exists',
  impact: 'an index knows the column, not what is made of it: the whole table is read instead',
  remediation: [
    {
      kind: 'advice',
      title: 'Compare the column itself',
      text: 'Move the function to the other side of the comparison, or turn it into a range (`created_at >= $1 AND created_at < $2`). Where that is not possible, create an index on the expression.',
    },
  ],
  core: true,
  *check(facts) {
    for (const plan of facts.plans) {
      // A cast that nobody wrote has a rule of its own.
      const found = unusedIndexes(facts, plan).filter(({ implicitCast }) => implicitCast === null);
      const [worst] = found.toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined) {
        yield onPlan(facts, plan, 'healthy', {});
        continue;
      }
      const { expression, index, table, rows } = worst;
      yield onPlan(facts, plan, facts.severity('query/function-on-column', rows), {
        expression,
        index,
        table,
        rows,
      });
    }
  },
});
