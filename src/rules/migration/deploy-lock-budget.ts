import { modeInWords } from '../../model/observation.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/deploy-lock-budget',
  title: 'The deploy keeps locking one table',
  message:
    'is the last of {transactions} transactions of this change that lock {table:code} (up to {lock:code}): {low..high:seconds} altogether',
  triggeredWhen: 'two or more transactions of the change lock one table in a mode that keeps queries waiting',
  impact:
    'each of them waits for the running queries, and everybody waits behind it, again and again in one deploy',
  remediation: [
    {
      kind: 'advice',
      title: 'Touch the table once',
      text: 'Merge the brief changes of one table into one statement. Do long work under weak locks only, and build indexes after rewrites, not before them.',
    },
  ],
  core: false,
  *check(facts) {
    const deploy = facts.change?.deploy;
    for (const { relation, mode, transactions, seconds } of deploy?.tables ?? []) {
      const last = deploy?.spans.findLast((span) => span.relation === relation);
      if (transactions < 2 || last === undefined) continue;
      const severity = facts.severity('migration/deploy-lock-budget', seconds.high);
      if (severity === 'healthy') continue;
      yield onStatement({ file: last.file, statement: last.from }, severity, {
        table: relation,
        lock: modeInWords(mode),
        transactions,
        low: seconds.low,
        high: seconds.high,
      });
    }
  },
});
