import { blocksWrites, type Lock, modeInWords, type StatementObservation } from '../../model/observation.ts';
import type { SchemaDifference, SchemaObject } from '../../model/schema.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { assumedRemark, onStatement, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { milder } from '../severity.ts';

export default defineRule({
  id: 'migration/locks-other-tables',
  title: 'A statement locks a table that it does not name',
  message:
    'also takes {lock:code} on {table:code} ({rows:count}{assumed} rows), which it does not change: {blocked} on it wait until the transaction ends',
  triggeredWhen:
    'a statement about one table takes a lock on another one that existed before, in a mode that keeps others from writing: a referenced table, a DEFAULT partition',
  impact:
    'the lock waits for the running queries of a table that nobody thinks of, and all others wait behind it',
  remediation: [
    {
      kind: 'advice',
      title: 'Wait for the lock only briefly',
      text: "SET lock_timeout = '2s' before the statement and try again when it fails. Give each foreign key that is added or dropped a transaction of its own.",
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const table = facts.largest(otherLocks(facts, each).map(({ relation }) => relation));
      const lock = each.statement.takes.find(({ relation }) => relation === table?.name);
      if (table === null || lock === undefined) continue;
      const byRows = facts.severity('migration/locks-other-tables', table.rows);
      // What lets others read, and lasts for no time, is worth a remark.
      const severity = lock.mode === 'AccessExclusiveLock' ? byRows : milder('low', byRows);
      yield onStatement(each, severity, {
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        lock: modeInWords(lock.mode),
        blocked: waitingFor(lock.mode),
      });
    }
  },
});

/** Locks on what the statement does not change, read through, or name as the root of its partitions. */
function otherLocks(facts: Facts, { statement }: StatementFacts): readonly Lock[] {
  const own = ownTables(statement);
  if (own.size === 0) return [];
  return statement.takes.filter(({ relation, mode }) => {
    const root = facts.table(relation)?.reportAs ?? relation;
    return blocksWrites(mode) && !own.has(relation) && !own.has(root);
  });
}

function ownTables(statement: StatementObservation): ReadonlySet<string> {
  const objects = statement.differences.flatMap((each) =>
    each.kind === 'altered' ? [each.before, each.after] : [each.object],
  );
  return new Set([
    ...objects.flatMap(tablesOf),
    ...statement.differences.flatMap(parentsNamed),
    ...statement.rewrites,
    ...statement.emptied,
    ...statement.scans.map(({ relation }) => relation),
    ...statement.indexesBuilt.map(({ relation }) => relation),
    ...statement.changedRows.map(({ relation }) => relation),
  ]);
}

function tablesOf(object: SchemaObject): readonly string[] {
  return 'table' in object ? [object.table] : [object.name];
}

/** Who makes a partition or a child, or attaches one, names its parent. */
function parentsNamed(difference: SchemaDifference): readonly string[] {
  if (difference.kind === 'dropped') return [];
  const object = difference.kind === 'created' ? difference.object : difference.after;
  return 'parents' in object ? object.parents : [];
}
