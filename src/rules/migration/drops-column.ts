import { drops, relationKinds } from '../alterations.ts';
import { onCause } from '../on-cause.ts';
import { defineRule } from '../rule.ts';
import { worse } from '../severity.ts';
import { namesColumn, queriesOf, usages, usedBy } from '../usage.ts';

export default defineRule({
  id: 'migration/drops-column',
  title: 'A column and its values are thrown away',
  message:
    'drops {column:code} of {table:code} with its values in {rows:count} rows, which only a backup brings back; {usage}',
  triggeredWhen: 'a column of a table that stays is gone at head',
  impact:
    'the values are lost; running versions that read or write the column fail, and prepared statements that return all columns fail once ("cached plan must not change result type")',
  remediation: [
    {
      kind: 'advice',
      title: 'Stop using it first',
      text: 'Release code that no longer names the column (ORMs list all columns unless told to ignore one), wait until a rollback is out of the question, then drop it in a later change.',
    },
  ],
  core: false,
  *check(facts) {
    const gone = new Set(drops(facts, ...relationKinds).map(({ object }) => object.name));
    for (const { object: column, by } of drops(facts, 'column')) {
      const table = facts.table(column.table);
      if (table === null || gone.has(column.table)) continue;
      const using = usages(facts).filter((usage) => namesColumn(usage, column.table, column.name));
      const severity = facts.severity('migration/drops-column', table.rows);
      yield onCause(
        by,
        column,
        using.length > 0 ? worse(severity) : severity,
        {
          table: column.table,
          column: column.name,
          rows: table.rows,
          usage: usedBy(facts, using),
        },
        queriesOf(using),
      );
    }
  },
});
