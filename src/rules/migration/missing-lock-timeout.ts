import { blocksReads, modeInWords, type StatementObservation } from '../../model/observation.ts';
import type { Facts } from '../facts.ts';
import type { StatementFacts } from '../facts-source.ts';
import { onStatement, waitingFor } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** From here on, in milliseconds, a lock_timeout no longer keeps requests from piling up. */
const longLockTimeoutMs = 10_000;

/** A transaction or a report that is in the way for so long is nothing unusual. */
const assumedWaitSeconds = 10;

export default defineRule({
  id: 'migration/missing-lock-timeout',
  title: 'A lock is waited for without limit',
  message:
    'asks for {lock:code} on {table:code} with {timeout}: while it waits for one long query, {blocked} queue behind it',
  triggeredWhen:
    'a statement takes a lock that keeps others from reading a table that existed before, and lock_timeout is not in effect then, or longer than 10 s; told once for each migration',
  impact:
    'a lock that is needed for a millisecond stops the application for as long as the longest query runs',
  remediation: [
    {
      kind: 'advice',
      title: 'Give up quickly, and try again',
      text: "SET lock_timeout = '2s' before the statement, and run the migration again when it fails.",
    },
  ],
  core: false,
  *check(facts) {
    for (const statements of Map.groupBy(facts.statements, ({ file }) => file).values()) {
      const [first] = statements.flatMap((each) => {
        const lock = each.statement.takes.find(({ mode }) => blocksReads(mode));
        const isLimited = isWithinLimit(each.statement);
        return lock === undefined || isLimited ? [] : [{ each, lock }];
      });
      if (first === undefined) continue;
      const { lockTimeoutMs } = first.each.statement.settings;
      yield onStatement(first.each, severityOf(facts, first.each, first.lock.relation), {
        table: first.lock.relation,
        lock: modeInWords(first.lock.mode),
        blocked: waitingFor(first.lock.mode),
        timeout: lockTimeoutMs === 0 ? 'no lock_timeout' : `a lock_timeout of ${lockTimeoutMs / 1_000} s`,
      });
    }
  },
});

function isWithinLimit({ settings }: StatementObservation): boolean {
  return settings.lockTimeoutMs > 0 && settings.lockTimeoutMs <= longLockTimeoutMs;
}

/** Worth more than a remark where the known traffic would take the whole pool in the time of one long query. */
function severityOf(facts: Facts, each: StatementFacts, relation: string): 'low' | 'medium' {
  const waiting = facts.lockSpan(each, relation)?.waiting ?? [];
  const rate = waiting.reduce((sum, { callsPerSecond }) => sum + (callsPerSecond ?? 0), 0);
  const pool = facts.change?.deploy.pool ?? null;
  return pool !== null && rate * assumedWaitSeconds >= pool ? 'medium' : 'low';
}
