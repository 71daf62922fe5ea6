import { blocksWrites } from '../../model/observation.ts';
import type { IndexObject, SchemaObject } from '../../model/schema.ts';
import type { StatementFacts } from '../facts-source.ts';
import { assumedRemark, lockOn, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/blocking-index-drop',
  title: 'An index is dropped under ACCESS EXCLUSIVE',
  message:
    'drops {index:code} while holding `ACCESS EXCLUSIVE` on {table:code} ({rows:count}{assumed} rows): it is quick, but it waits for every running query, and all others wait behind it',
  triggeredWhen: 'DROP INDEX without CONCURRENTLY takes an index of a table that existed before',
  impact: 'one long query on the table is enough to hold up all requests that come after the DROP',
  remediation: [
    {
      kind: 'sql',
      title: 'Drop it concurrently',
      text: 'DROP INDEX CONCURRENTLY {index};',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      for (const index of droppedAlone(each)) {
        const lock = lockOn(each, index.table);
        const table = facts.table(index.table);
        // Partitions of an index go with it.
        if (lock === null || table?.reportAs !== index.table || !blocksWrites(lock.mode)) continue;
        yield onStatement(each, facts.severity('migration/blocking-index-drop', table.rows), {
          index: index.name,
          table: table.name,
          rows: table.rows,
          assumed: assumedRemark(table),
        });
      }
    }
  },
});

/** Indexes that go by themselves, not with their constraint, column or table. */
function droppedAlone({ statement }: StatementFacts): readonly IndexObject[] {
  const dropped = statement.differences.flatMap((each) => (each.kind === 'dropped' ? [each.object] : []));
  const goesWith = (index: IndexObject, object: SchemaObject) =>
    (object.kind === 'column' && object.table === index.table) ||
    (object.kind === 'constraint' && object.table === index.table) ||
    object.name === index.table;
  return dropped
    .filter((object) => object.kind === 'index')
    .filter((index) => !dropped.some((object) => goesWith(index, object)));
}
