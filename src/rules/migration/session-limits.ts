import type { StatementFacts } from '../facts-source.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/session-limits',
  title: 'A migration may run for ever',
  message: 'locks {table:code} with no {missing} in effect',
  triggeredWhen:
    'a statement in a transaction locks a table that existed before, and no time limit is in effect then: neither transaction_timeout (17 and later) nor both statement_timeout and idle_in_transaction_session_timeout; told once for each migration',
  impact: 'a statement that takes longer than anybody thought, or a client that hangs, keeps its locks',
  remediation: [
    {
      kind: 'sql',
      title: 'Limit the session of the migrations',
      text: "SET statement_timeout = '5min';\nSET idle_in_transaction_session_timeout = '1min';",
    },
  ],
  core: false,
  default: 'off',
  *check(facts) {
    for (const statements of Map.groupBy(facts.statements, ({ file }) => file).values()) {
      const [first] = statements.flatMap((each) => {
        const [lock] = each.statement.takes;
        const missing = missingIn(each);
        return lock === undefined || missing.length === 0 ? [] : [{ each, table: lock.relation, missing }];
      });
      if (first === undefined) continue;
      const { each, table, missing } = first;
      yield onStatement(each, 'low', { table, missing: missing.join(' and no ') });
    }
  },
});

/** Builds outside a transaction are better left without limit: migration/concurrent-build-timeout. */
function missingIn({ statement: { transaction, settings } }: StatementFacts): readonly string[] {
  const { statementTimeoutMs, idleInTransactionTimeoutMs, transactionTimeoutMs } = settings;
  if (transaction === null || (transactionTimeoutMs ?? 0) > 0) return [];
  return [
    ...(statementTimeoutMs > 0 ? [] : ['statement_timeout']),
    ...(idleInTransactionTimeoutMs > 0 ? [] : ['idle_in_transaction_session_timeout']),
  ];
}
