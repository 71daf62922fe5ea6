import type { Migration } from '../model/migration.ts';
import type { MigrationObservation, StatementObservation } from '../model/observation.ts';
import { blank } from '../sql/blank.ts';
import { stepsOf } from './steps.ts';

/** A statement of the change, and which one it is: indexes into the migrations and into the statements of one. */
export interface PlacedStatement {
  readonly file: string;
  readonly statement: StatementObservation;
  readonly at: { readonly migration: number; readonly index: number };
}

/** Statements that were committed together; one that runs outside of any transaction is by itself. */
export type CommittedTransaction = readonly [PlacedStatement, ...PlacedStatement[]];

/** What the change commits, in the order in which it does. Transactions that fail leave nothing. */
export function committedTransactions(
  migrations: readonly MigrationObservation[],
): readonly CommittedTransaction[] {
  const placed = migrations.flatMap(({ file, statements }, migration) =>
    statements.map((statement, index): PlacedStatement => ({ file, statement, at: { migration, index } })),
  );
  const groups = Map.groupBy(placed, ({ statement }) => statement.transaction ?? statement);
  return [...groups.values()].flatMap(([first, ...rest]): readonly CommittedTransaction[] => {
    if (first === undefined) return [];
    const isDone = [first, ...rest].every(({ statement }) => statement.outcome.kind === 'done');
    return isDone ? [[first, ...rest]] : [];
  });
}

/** The migrations as far as a statement of them, the last one that is to run; what comes after it is blanked out. */
export function migrationsUpTo(
  migrations: readonly Migration[],
  { at }: Pick<PlacedStatement, 'at'>,
): readonly Migration[] {
  return migrations.slice(0, at.migration + 1).map((migration, index) => {
    const last = index === at.migration ? stepsOf(migration)[at.index] : undefined;
    if (last === undefined) return migration;
    const end = last.offset + last.sql.length;
    return { ...migration, text: migration.text.slice(0, end) + blank(migration.text.slice(end)) };
  });
}
