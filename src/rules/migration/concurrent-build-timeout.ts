import type { StatementObservation } from '../../model/observation.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

/** A lock_timeout below this many milliseconds is short for a build that waits for every older transaction. */
const shortLockTimeoutMs = 60_000;

/** Nothing but a transaction that somebody forgot lasts so long. */
const patientMs = 600_000;

export default defineRule({
  id: 'migration/concurrent-build-timeout',
  title: 'A timeout can break off a concurrent build',
  message:
    'runs under {setting:code} of {limit} ms; the build waits for every older transaction of the database, and when it is broken off it leaves an invalid index',
  triggeredWhen:
    'an index is built, rebuilt or dropped CONCURRENTLY while statement_timeout is set (a remark from ten minutes on), or lock_timeout to less than a minute',
  impact: 'the index is left invalid: it costs every write and serves no query, until somebody drops it',
  remediation: [
    {
      kind: 'sql',
      title: 'Lift the limits for this statement',
      text: "SET statement_timeout = 0;\nSET lock_timeout = '10min';",
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      if (!isConcurrent(each.statement)) continue;
      const { statementTimeoutMs, lockTimeoutMs } = each.statement.settings;
      if (statementTimeoutMs > 0) {
        const seconds = facts.estimate(each)?.seconds.high ?? 0;
        const isLong = statementTimeoutMs >= patientMs;
        const severity = seconds * 1_000 > statementTimeoutMs ? 'high' : isLong ? 'low' : 'medium';
        yield onStatement(each, severity, { setting: 'statement_timeout', limit: statementTimeoutMs });
      } else if (lockTimeoutMs > 0 && lockTimeoutMs < shortLockTimeoutMs) {
        yield onStatement(each, 'medium', { setting: 'lock_timeout', limit: lockTimeoutMs });
      }
    }
  },
});

/** An index that was made or dropped outside a transaction, under a lock that lets others write. */
function isConcurrent({ transaction, indexesBuilt, differences }: StatementObservation): boolean {
  if (transaction !== null) return false;
  const dropped = differences.some(({ kind, ...rest }) => {
    return kind === 'dropped' && 'object' in rest && rest.object.kind === 'index';
  });
  return indexesBuilt.length > 0 || dropped;
}
