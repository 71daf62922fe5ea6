import type { LockSpan, StatementEstimate } from '../model/estimate.ts';
import {
  blocksWrites,
  type Lock,
  type LockMode,
  lockModes,
  type MigrationObservation,
  type Statement,
  type StatementObservation,
} from '../model/observation.ts';
import { sumOf } from './range.ts';

/** A statement as it was observed, with how long it will take. */
export interface TimedStatement extends StatementEstimate {
  readonly statement: StatementObservation;
}

/** How long which table is locked, apart from whom that keeps waiting. */
export type Span = Omit<LockSpan, 'waiting' | 'queued' | 'poolExhaustedAfter'>;

/**
 * The locks that keep queries waiting: on a table they begin at SHARE, which writes have to wait for. Each is held
 * to the end of its transaction, so that the statements after it count as well.
 */
export function lockSpans(statements: readonly TimedStatement[]): readonly Span[] {
  // A statement outside a transaction holds what it takes by itself.
  const transactions = Map.groupBy(statements, ({ statement }) => statement.transaction ?? statement);
  return [...transactions.values()].flatMap((transaction) => {
    const relations = transaction.flatMap(({ statement }) => blockingLocks(statement));
    const names = new Set(relations.map(({ relation }) => relation));
    return [...names].flatMap((relation) => spanOn(relation, transaction));
  });
}

/** Whether any statement locks what queries might have to wait for. */
export function keepsQueriesWaiting(migrations: readonly MigrationObservation[]): boolean {
  return migrations.some(({ statements }) =>
    statements.some((statement) => blockingLocks(statement).length > 0),
  );
}

interface BlockingLock extends Lock {
  /** The index that it is on, or null where it is on the table itself. */
  readonly index: string | null;
}

/** What a statement takes or still holds, if only until it ends. */
function blockingLocks(statement: StatementObservation): readonly BlockingLock[] {
  const { locks, heldAtStart, indexLocks } = statement;
  return [
    ...[...locks, ...heldAtStart]
      .filter(({ mode }) => blocksWrites(mode))
      .map((lock) => ({ ...lock, index: null })),
    ...indexLocks,
  ];
}

function spanOn(relation: string, transaction: readonly TimedStatement[]): readonly Span[] {
  const locksOn = ({ statement }: TimedStatement) =>
    blockingLocks(statement).filter((lock) => lock.relation === relation);
  const first = transaction.findIndex((each) => locksOn(each).length > 0);
  const last = transaction.findLastIndex((each) => locksOn(each).length > 0);
  const held = transaction.slice(first, last + 1);
  const [from, to] = [held[0], held.at(-1)];
  const strongest = held.flatMap(locksOn).toSorted(strongestFirst)[0];
  if (from === undefined || to === undefined || strongest === undefined) return [];
  return [
    {
      relation,
      mode: strongest.mode,
      index: strongest.index,
      file: from.file,
      from: placeOf(from.statement),
      toFile: to.file,
      to: placeOf(to.statement),
      seconds: sumOf(held.map(({ seconds }) => seconds)),
    },
  ];
}

/** Of two locks in one mode, that on the table says more. */
function strongestFirst(a: BlockingLock, b: BlockingLock): number {
  const byMode = compareModes(b.mode, a.mode);
  return byMode === 0 ? Number(a.index !== null) - Number(b.index !== null) : byMode;
}

/** Negative where the first is the weaker. */
export function compareModes(a: LockMode, b: LockMode): number {
  return lockModes.indexOf(a) - lockModes.indexOf(b);
}

function placeOf({ sql, line, endLine }: Statement): Statement {
  return { sql, line, endLine };
}
