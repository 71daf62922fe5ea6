import {
  type MigrationObservation,
  type Statement,
  type StatementObservation,
  succeeded,
} from '../../model/observation.ts';
import { onStatement } from '../on-statement.ts';
import { defineRule } from '../rule.ts';

export default defineRule({
  id: 'migration/unbalanced-transaction',
  title: 'A migration and its tool disagree about the transaction',
  message: '{what}',
  triggeredWhen:
    'a migration commits or rolls back the transaction that its tool runs it in, begins one inside another, or leaves one open at its end',
  impact:
    'a failure after it leaves the migration half applied, or what looks done is rolled back when the connection closes',
  remediation: [
    {
      kind: 'advice',
      title: 'Leave the transaction to the tool',
      text: 'Remove BEGIN and COMMIT where the tool brings the transaction; where parts must be committed apart, make them separate migrations.',
    },
  ],
  core: false,
  *check(facts) {
    for (const migration of facts.migrations) {
      for (const { statement, what } of imbalances(migration)) {
        yield onStatement({ file: migration.file, statement }, 'medium', { what });
      }
    }
  },
});

interface Imbalance {
  readonly statement: Statement;
  readonly what: string;
}

function* imbalances(migration: MigrationObservation): Iterable<Imbalance> {
  const { statements, transactionEndedBy, transactionLeftOpenBy } = migration;
  if (transactionEndedBy !== null) {
    const what = 'ends the transaction of the migration; what follows is committed apart from it';
    yield { statement: transactionEndedBy, what };
  }
  // What would have ended it may come after the statement that failed.
  if (transactionLeftOpenBy !== null && succeeded(migration)) {
    yield {
      statement: transactionLeftOpenBy,
      what: 'begins a transaction that nothing in the migration ends',
    };
  }
  for (const statement of statements) {
    const what = remarkOf(statement);
    if (what !== null && statement !== transactionEndedBy) yield { statement, what };
  }
}

/** PostgreSQL only warns: active_sql_transaction and no_active_sql_transaction. */
function remarkOf({ notices }: StatementObservation): string | null {
  const warning = notices.find(({ severity, sqlstate }) => {
    return severity === 'WARNING' && ['25001', '25P01'].includes(sqlstate);
  });
  return warning === undefined ? null : `PostgreSQL warns: ${warning.message}`;
}
