import { blocksWrites, type Lock, modeInWords } from '../../model/observation.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement, ownLockOn, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/lock-held-across-statements',
  title: 'A statement works while an earlier one keeps a table locked',
  message:
    'takes {low..high:seconds} while {lock:code} on {table:code} is still held from an earlier statement of the transaction: {blocked} on it wait as long',
  triggeredWhen:
    'a statement that reads, builds or checks much runs in the transaction of an earlier one whose lock keeps others from writing; NOT VALID and VALIDATE in one transaction are such a pair',
  impact: 'a lock that was needed for milliseconds is held for as long as everything after it takes',
  remediation: [
    {
      kind: 'advice',
      title: 'Split the migration',
      text: 'Put the long statement into a migration of its own, which runs after the transaction with the lock has been committed.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      // Changed rows are told by migration/backfill-under-lock.
      if (each.statement.changedRows.length > 0) continue;
      const seconds = facts.secondsOf(each);
      const held = heldFromEarlier(each);
      const table = facts.largest(held.map(({ relation }) => relation));
      const lock = held.find(({ relation }) => relation === table?.name);
      if (table === null || lock === undefined) continue;
      const severity = facts.severity('migration/lock-held-across-statements', seconds.high);
      if (severity === 'healthy') continue;
      yield onStatement(each, severity, {
        table: table.name,
        lock: modeInWords(lock.mode),
        blocked: waitingFor(lock.mode),
        ...seconds,
      });
    }
  },
});

/** Locks that the statement finds, on tables where it is not told already for a lock of its own. */
function heldFromEarlier(each: StatementFacts): readonly Lock[] {
  const { heldAtStart, rewrites, indexesBuilt, scans } = each.statement;
  const worksOn = new Set([...rewrites, ...[...indexesBuilt, ...scans].map(({ relation }) => relation)]);
  return heldAtStart.filter(({ relation, mode }) => {
    const own = ownLockOn(each, relation);
    const isTold = worksOn.has(relation) && own !== null && blocksWrites(own.mode);
    return blocksWrites(mode) && !isTold;
  });
}
