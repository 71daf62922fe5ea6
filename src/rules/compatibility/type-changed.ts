import { alterations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { returnedAs } from '../returned-as.ts';
import { defineRule } from '../rule.ts';
import { namesColumn, queriesOf, usages, usedBy } from '../usage.ts';

export default defineRule({
  id: 'compatibility/type-changed',
  title: 'A column comes back as another type',
  message:
    'makes {column:code} of {table:code} {after:code} instead of {before:code}: drivers return {returned} where they returned {earlier}; {usage}',
  triggeredWhen:
    'a column that existed before has another type, which drivers turn into another kind of value',
  impact:
    'code that compares, adds or serialises the value does something else, without an error, and parameters of the old type may be refused; sessions that have prepared a query which returns it get "cached plan must not change result type" until they prepare it again',
  remediation: [
    {
      kind: 'advice',
      title: 'Let the code take both first',
      text: 'Release code that accepts either type before the column changes, or add a column of the new type, move the readers over, and drop the old one in a later change.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { before, after, by } of alterations(
      facts,
      ['column'],
      ({ type: earlier }, { type }) => returnedAs(earlier) !== returnedAs(type),
    )) {
      const using = usages(facts).filter((usage) => namesColumn(usage, before.table, before.name));
      yield onCause(
        by,
        after,
        using.length > 0 ? 'medium' : 'low',
        {
          table: before.table,
          column: before.name,
          before: before.type,
          after: after.type,
          earlier: returnedAs(before.type),
          returned: returnedAs(after.type),
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});
