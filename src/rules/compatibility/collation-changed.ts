import { alterations } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { namesColumn, queriesOf, usages, usedBy } from '../usage.ts';

export default defineRule({
  id: 'compatibility/collation-changed',
  title: 'A column sorts and compares in another way',
  message:
    'gives {column:code} of {table:code} the collation {after:code} in place of {before:code}: order, ranges, patterns and groups of its values can differ{rebuilt}; {usage}',
  triggeredWhen: 'a column that existed before has another collation',
  impact:
    'lists come in another order, pages that continue after a value skip or repeat rows, ranges hold other rows, and what was unique may no longer be',
  remediation: [
    {
      kind: 'advice',
      title: 'Say it where it is needed',
      text: 'Leave the column as it is and write COLLATE into the queries that need another order, with an index of that collation for them.',
    },
  ],
  core: false,
  *check(facts) {
    for (const { before, after, by } of alterations(
      facts,
      ['column'],
      ({ collation: earlier }, { collation }) =>
        earlier !== null && collation !== null && earlier !== collation,
    )) {
      const using = usages(facts).filter((usage) =>
        namesColumn(usage, before.table, before.name, usage.names.ordered),
      );
      const rebuilt = (by?.statement.indexesBuilt ?? [])
        .filter(({ relation }) => relation === before.table)
        .map(({ index }) => index);
      yield onCause(
        by,
        after,
        using.length > 0 || rebuilt.length > 0 ? 'medium' : 'low',
        {
          table: before.table,
          column: before.name,
          before: before.collation,
          after: after.collation,
          rebuilt: rebuilt.length === 0 ? '' : `; ${rebuilt.join(', ')} is built anew for it`,
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});
