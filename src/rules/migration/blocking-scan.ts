import {
  blocksReads,
  blocksWrites,
  modeInWords,
  type StatementObservation,
} from '../../model/observation.ts';
import { assumedRemark, lockOn, onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/blocking-scan',
  title: 'A whole table is read while it is locked',
  message:
    'reads all {rows:count}{assumed} rows of {table:code} while holding {lock:code} on it: {blocked} wait until it is done',
  triggeredWhen:
    'a statement scans a table that existed before, to check or to copy its rows, under a lock that keeps others from writing to it',
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
    for (const each of facts.statements) {
      const told = new Set([...each.statement.rewrites, ...builtOn(each.statement)]);
      const scanned = each.statement.scans
        .map(({ relation }) => relation)
        .filter((relation) => {
          const lock = lockOn(each, relation);
          return !told.has(relation) && lock !== null && blocksWrites(lock.mode);
        });
      const table = facts.largest(scanned);
      const lock = table === null ? null : lockOn(each, table.name);
      if (table === null || lock === null) continue;
      yield onStatement(each, facts.severity('migration/blocking-scan', table.rows), {
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        lock: modeInWords(lock.mode),
        blocked: blocksReads(lock.mode) ? 'all reads and writes' : 'all writes',
        tables: scanned.length,
      });
    }
  },
});

/** Tables that the statement builds indexes on: the scan is part of the build. */
function builtOn({ indexesBuilt }: StatementObservation): readonly string[] {
  return indexesBuilt.map(({ relation }) => relation);
}
