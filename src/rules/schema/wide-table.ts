import { lastCreation, onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'schema/wide-table',
  title: 'A table has many columns',
  message:
    '{table:code} has {columns} columns: every update writes a row of all of them anew, whichever it changes',
  triggeredWhen: 'a table has fifty columns or more',
  impact:
    'fewer rows fit on a page, so that the same queries read more of them, and updates leave more behind',
  remediation: [
    {
      kind: 'advice',
      title: 'Give what changes apart a table apart',
      text: 'Move columns that are seldom read, or often updated, into a table that shares the primary key.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      const columns = facts.schema.on(table.name, 'column');
      const severity = facts.severity('schema/wide-table', columns.length);
      if (severity === 'healthy') continue;
      const cause = lastCreation(facts, ({ key }) => columns.some((column) => column.key === key));
      const figures = { table: table.name, columns: columns.length };
      yield onObject(facts, table, severity, figures, { cause });
    }
  },
});
