import { blocksWrites, type StatementObservation } from '../../model/observation.ts';
import type { SchemaDifference } from '../../model/schema.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/repeated-locks',
  title: 'A table is read or rewritten again by each of several statements',
  message:
    'goes through {table:code} again, under a lock: {count} statements of this migration do, where one ALTER TABLE with several parts would once',
  triggeredWhen:
    'two or more statements of a migration each read or rewrite the whole of one table under a lock that keeps others from writing',
  impact: 'the lock is waited for and the table gone through once for each statement',
  remediation: [
    {
      kind: 'advice',
      title: 'Merge them',
      text: 'ALTER TABLE takes several parts, separated by commas: one lock, and one scan or rewrite for all of them.',
    },
  ],
  core: false,
  *check(facts) {
    for (const statements of Map.groupBy(facts.statements, ({ file }) => file).values()) {
      const passes = statements.flatMap((each) => passesOf(each.statement).map((table) => ({ each, table })));
      for (const [table, repeated] of Map.groupBy(passes, (pass) => pass.table)) {
        const last: StatementFacts | undefined = repeated.at(-1)?.each;
        const rows = facts.table(table)?.rows ?? 0;
        if (last === undefined || repeated.length < 2) continue;
        yield onStatement(last, facts.severity('migration/repeated-locks', rows), {
          table,
          count: repeated.length,
        });
      }
    }
  },
});

/**
 * Tables that a statement alters or writes anew, and goes through under a lock, except to build an index. What it only
 * reads, such as the table that a foreign key refers to, no other form would read less often.
 */
function passesOf(statement: StatementObservation): readonly string[] {
  const built = new Set(statement.indexesBuilt.map(({ relation }) => relation));
  const passes = new Set([...statement.rewrites, ...statement.scans.map(({ relation }) => relation)]);
  const blocked = new Set(
    statement.locks.filter(({ mode }) => blocksWrites(mode)).map(({ relation }) => relation),
  );
  const changed = new Set(statement.changedRows.map(({ relation }) => relation));
  const altered = new Set([...statement.rewrites, ...statement.differences.flatMap(tablesOf)]);
  return [...passes].filter(
    (table) => altered.has(table) && blocked.has(table) && !built.has(table) && !changed.has(table),
  );
}

function tablesOf(difference: SchemaDifference): readonly string[] {
  const object = difference.kind === 'altered' ? difference.before : difference.object;
  return 'table' in object ? [object.table] : [object.name];
}
