import type { StatementFacts } from './facts-source.ts';

/** Statements of the change by the transaction that they ran in, in the order in which they ran. */
export function byTransaction(statements: readonly StatementFacts[]): readonly (readonly StatementFacts[])[] {
  const inTransaction = statements.filter(({ statement }) => statement.transaction !== null);
  return [...Map.groupBy(inTransaction, ({ statement }) => statement.transaction).values()];
}
