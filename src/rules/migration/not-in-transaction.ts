import { refusesTransaction } from '../../model/server.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/not-in-transaction',
  title: 'A statement cannot run in the transaction that it stands in',
  message: 'PostgreSQL refuses this statement in a transaction: {reason}',
  triggeredWhen:
    'a statement such as CREATE INDEX CONCURRENTLY or VACUUM stands in a transaction: its own, the one of the migration tool, or the implicit one of several statements sent together',
  impact: 'the deploy stops here, and the transaction is rolled back',
  remediation: [
    {
      kind: 'advice',
      title: 'Give it a migration of its own',
      text: "Put the statement alone into a migration, with the tool's marker for no transaction: docs/migration-tools.md lists them.",
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const { outcome } = each.statement;
      if (outcome.kind !== 'failed' || !refusesTransaction(outcome.error)) continue;
      const { sqlstate, message, detail, hint } = outcome.error;
      const figures = { reason: message, transaction: each.transaction };
      yield onStatement(each, 'critical', figures, { error: { sqlstate, message, detail, hint } });
    }
  },
});
