import { onPlan } from '../on-plan.ts';
import { defineRule } from '../rule.ts';
import { unusedIndexes } from '../unused-indexes.ts';

export default defineRule({
  id: 'query/implicit-cast',
  title: 'A value of another type keeps an index from being used',
  message:
    'compares {column:code} of type {type:code} with a value of type {cast:code}: PostgreSQL casts the column, cannot use the index {index:code}, and reads {rows:count} rows of {table:code}',
  triggeredWhen:
    'PostgreSQL casts an indexed column on its own, since what it is compared with is of a type that its index does not know',
  impact:
    'the index is there and the query looks right, but the whole table is read; drivers that send every number as `numeric` or `double precision` do that unseen',
  remediation: [
    {
      kind: 'advice',
      title: 'Compare values of one type',
      text: 'Send the value as {type:code}, or cast it in the query: `= $1::{type}`. Where two columns are joined, give them the same type.',
    },
  ],
  core: false,
  *check(facts) {
    for (const plan of facts.plans) {
      const [worst] = unusedIndexes(facts, plan).toSorted((a, b) => b.rows - a.rows);
      if (worst === undefined || worst.implicitCast === null) continue;
      const { column, type, implicitCast, index, table, rows } = worst;
      yield onPlan(facts, plan, facts.severity('query/implicit-cast', rows), {
        column,
        type,
        cast: implicitCast,
        index,
        table,
        rows,
      });
    }
  },
});
