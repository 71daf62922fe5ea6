import {
  blocksReads,
  blocksWrites,
  modeInWords,
  type StatementObservation,
} from '../../model/observation.ts';
import { assumedRemark, onStatement, ownLockOn, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { severityOfWait } from '../waiting.ts';

export default defineRule({
  id: 'migration/blocking-scan',
  title: 'A whole table is read while it is locked',
  message:
    'reads all {rows:count}{assumed} rows of {table:code} while holding {lock:code} on it: {blocked} wait for {low..high:seconds}',
  triggeredWhen:
    'a statement scans a table that existed before, to check or to copy its rows, under a lock of its own that keeps others from writing to it',
  impact: 'whatever the lock excludes waits for the scan, and every later request waits behind that',
  remediation: [
    {
      kind: 'advice',
      title: 'Add it unchecked, then validate',
      text: 'Add a CHECK or foreign key constraint with NOT VALID, which scans nothing, and VALIDATE CONSTRAINT it in a later transaction, which lets reads and writes go on. For SET NOT NULL, validate a CHECK (column IS NOT NULL) first: then no scan is needed.',
    },
  ],
  core: false,
  *check(facts) {
    const views = new Set(facts.schema.all('materialised view').map(({ name }) => name));
    for (const each of facts.statements) {
      const told = new Set(otherwiseTold(each.statement));
      const scanned = each.statement.scans
        .map(({ relation }) => relation)
        .filter((relation) => {
          const lock = ownLockOn(each, relation);
          // Nobody writes to a materialised view.
          const blocks = views.has(relation) ? blocksReads : blocksWrites;
          return !told.has(relation) && lock !== null && blocks(lock.mode);
        });
      const table = facts.largest(scanned);
      const lock = table === null ? null : ownLockOn(each, table.name);
      if (table === null || lock === null) continue;
      yield onStatement(each, severityOfWait(facts, 'migration/blocking-scan', each, table.name), {
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        lock: modeInWords(lock.mode),
        blocked: waitingFor(lock.mode),
        tables: scanned.length,
        ...facts.secondsOf(each),
      });
    }
  },
});

/** Tables whose scan is part of a rewrite, of an index build, of emptying them or of changing their rows. */
function otherwiseTold(statement: StatementObservation): readonly string[] {
  return [
    ...statement.rewrites,
    ...statement.emptied,
    ...statement.indexesBuilt.map(({ relation }) => relation),
    ...statement.changedRows.map(({ relation }) => relation),
  ];
}
