import { assumedRemark, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/truncates',
  title: 'All rows of a table are thrown away',
  message:
    'empties {table:code} ({rows:count}{assumed} rows){others}; nothing brings the rows back but a backup',
  triggeredWhen: 'a statement gives a table that existed before an empty file: TRUNCATE, also with CASCADE',
  impact:
    'the rows are lost, and the table is locked against all reads and writes until the transaction ends',
  remediation: [
    {
      kind: 'advice',
      title: 'Say which rows, and which tables',
      text: 'Delete in batches what is no longer needed. Instead of CASCADE, list the tables, so that a reader sees what is lost.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const table = facts.largest(each.statement.emptied);
      if (table === null) continue;
      const others = each.statement.emptied.filter((name) => name !== table.name);
      yield onStatement(each, facts.severity('migration/truncates', table.rows), {
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        others: others.length === 0 ? '' : ` and with it ${others.join(', ')}`,
      });
    }
  },
});
