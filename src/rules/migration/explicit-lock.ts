import { blocksWrites, modeInWords, type StatementObservation } from '../../model/observation.ts';
import { isAlteration } from '../../sql/kind.ts';
import { onStatement, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/explicit-lock',
  title: 'A table is locked by hand',
  message:
    'takes {lock:code} on {table:code} and does nothing else: {blocked} wait until the transaction ends, for {low..high:seconds}',
  triggeredWhen:
    'a statement locks a table that existed before in a mode that keeps others from writing, and has no other effect',
  impact:
    'statements take the locks that they need; one taken earlier or stronger only makes others wait longer',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave locking to the statements',
      text: 'Remove LOCK TABLE. Where rows must not change under a backfill, lock the rows of each batch (SELECT ... FOR UPDATE) instead.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const lock = each.statement.takes.find(({ mode }) => blocksWrites(mode));
      // What alters something that is as it should be already locks it all the same.
      if (lock === undefined || hasEffect(each.statement) || isAlteration(each.statement.sql)) continue;
      const span = facts.lockSpan(each, lock.relation);
      const seconds = span?.seconds ?? { low: 0, high: 0 };
      yield onStatement(each, facts.severity('migration/explicit-lock', seconds.high), {
        table: lock.relation,
        lock: modeInWords(lock.mode),
        blocked: waitingFor(lock.mode),
        low: seconds.low,
        high: seconds.high,
      });
    }
  },
});

function hasEffect(statement: StatementObservation): boolean {
  const { differences, rewrites, emptied, scans, changedRows, indexesBuilt, sequencesRewritten } = statement;
  return (
    statement.outcome.kind !== 'done' ||
    [differences, rewrites, emptied, scans, changedRows, indexesBuilt, sequencesRewritten].some(
      (effects) => effects.length > 0,
    )
  );
}
