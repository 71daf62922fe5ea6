import { lastCreation, onObject } from '../on-object.ts';
import { defineRule } from '../rule.ts';

/** Key columns of an index that are nothing unusual. */
const usualKeys = 3;

export default defineRule({
  id: 'schema/too-many-indexes',
  title: 'A table has more indexes than it can bear',
  message: '{name:code} has {count} {parts}: {consequence}',
  triggeredWhen:
    'a table has many indexes, or an index has more than three key columns and neither makes values unique nor backs a constraint',
  impact: 'each write costs more, and fewer updates can leave the indexes alone',
  remediation: [
    {
      kind: 'advice',
      title: 'Drop what no query uses',
      text: 'Look for indexes whose idx_scan in pg_stat_user_indexes stays 0 on all servers, and drop them concurrently. Of several columns, index those that tell rows apart, and INCLUDE the others if that lets the table be left alone.',
    },
  ],
  core: false,
  *check(facts) {
    for (const table of facts.schema.tables) {
      const indexes = facts.schema.on(table.name, 'index');
      const severity = facts.severity('schema/too-many-indexes', indexes.length);
      if (severity !== 'healthy') {
        const cause = lastCreation(facts, ({ key }) => indexes.some((index) => index.key === key));
        yield onObject(
          facts,
          table,
          severity,
          {
            name: table.name,
            table: table.name,
            count: indexes.length,
            parts: 'indexes',
            consequence: 'every row that is inserted enters all of them',
          },
          { cause },
        );
      }
      for (const index of indexes) {
        if (index.keys.length <= usualKeys || index.unique || index.constraint !== null) continue;
        yield onObject(facts, index, 'low', {
          name: index.name,
          table: table.name,
          count: index.keys.length,
          parts: 'key columns',
          consequence: 'those behind the third hardly narrow a search, and make each entry larger',
        });
      }
    }
  },
});
