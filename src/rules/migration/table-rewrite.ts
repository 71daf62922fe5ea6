import { assumedRemark, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { severityOfWait } from '../waiting.ts';

export default defineRule({
  id: 'migration/table-rewrite',
  title: 'A table is rewritten while it is locked',
  message:
    'writes all {rows:count}{assumed} rows of {table:code} ({bytes:bytes}) and its indexes anew while holding `ACCESS EXCLUSIVE` on it: all reads and writes wait for {low..high:seconds}',
  triggeredWhen: 'a statement gives a table that existed before a new file, with all its rows in it',
  impact:
    'the table cannot even be read until the last row is written; it also takes as much disk space again, and as much WAL',
  remediation: [
    {
      kind: 'advice',
      title: 'Expand, backfill, contract',
      text: 'Add a nullable column without a volatile default, set the default for new rows, fill the old rows in batches outside a transaction, then switch the application over. A column type is changed in the same way, through a new column.',
    },
  ],
  core: false,
  *check(facts) {
    const views = new Set(facts.schema.all('materialised view').map(({ name }) => name));
    for (const each of facts.statements) {
      const table = facts.largest(each.statement.rewrites.filter((name) => !views.has(name)));
      if (table === null) continue;
      yield onStatement(each, severityOfWait(facts, 'migration/table-rewrite', each, table.name), {
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        bytes: table.bytes,
        indexes: table.indexes.length,
        tables: each.statement.rewrites.length,
        ...facts.secondsOf(each),
      });
    }
  },
});
