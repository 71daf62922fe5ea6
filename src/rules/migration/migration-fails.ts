import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/migration-fails',
  title: 'A migration fails',
  message: 'PostgreSQL {what}: {reason}',
  triggeredWhen: 'PostgreSQL refuses a statement of the change, or it does not come to an end',
  impact:
    'the deploy stops here; what the migration did before is rolled back, where its transaction allows it',
  remediation: [
    {
      kind: 'advice',
      title: 'Mend the statement',
      text: 'Run the migrations against an empty database of the same version to see it happen. What follows this statement has not been reviewed.',
    },
  ],
  core: false,
  *check(facts) {
    for (const each of facts.statements) {
      const { outcome } = each.statement;
      switch (outcome.kind) {
        case 'done':
          break;
        case 'failed': {
          const { sqlstate, message, detail, hint } = outcome.error;
          const figures = { what: 'refuses this statement', reason: message, sqlstate };
          yield onStatement(each, 'critical', figures, {
            line: outcome.line,
            error: { sqlstate, message, detail, hint },
          });
          break;
        }
        case 'stopped':
          yield onStatement(each, 'critical', {
            what: 'does not come to the end of this statement',
            reason: `it was stopped after ${outcome.limitMs / 1000} s, on tables that are almost empty`,
            sqlstate: null,
          });
          break;
        default:
          outcome satisfies never;
      }
    }
  },
});
