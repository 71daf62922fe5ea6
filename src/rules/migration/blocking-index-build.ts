import { blocksWrites, modeInWords } from '../../model/observation.ts';
import { assumedRemark, lockOn, onStatement, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';
import { severityOfWait } from '../waiting.ts';

export default defineRule({
  id: 'migration/blocking-index-build',
  title: 'An index is built while the table is locked',
  message:
    'builds {index:code} on {rows:count}{assumed} rows of {table:code} while holding {lock:code}: {blocked} wait for {low..high:seconds}',
  triggeredWhen:
    'an index of a table that existed before is built under a lock that keeps others from writing to it',
  impact:
    'every INSERT, UPDATE and DELETE on the table waits for the build, and the requests behind them pile up',
  remediation: [
    {
      kind: 'advice',
      title: 'Build it concurrently',
      text: 'Use CREATE INDEX CONCURRENTLY in a migration of its own that runs outside a transaction. For a constraint, build a unique index concurrently and add the constraint with USING INDEX; for an index that exists, use REINDEX CONCURRENTLY.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const built = each.statement.indexesBuilt.filter(({ relation }) => {
        const lock = lockOn(each, relation);
        return lock !== null && blocksWrites(lock.mode);
      });
      const table = facts.largest(built.map(({ relation }) => relation));
      const index = built.find(({ relation }) => relation === table?.name);
      if (table === null || index === undefined) continue;
      const mode = lockOn(each, table.name)?.mode ?? 'ShareLock';
      yield onStatement(each, severityOfWait(facts, 'migration/blocking-index-build', each, table.name), {
        index: index.index,
        table: table.name,
        rows: table.rows,
        assumed: assumedRemark(table),
        lock: modeInWords(mode),
        blocked: waitingFor(mode),
        indexes: built.length,
        ...facts.secondsOf(each),
      });
    }
  },
});
