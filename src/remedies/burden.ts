import { blocksReads, blocksWrites, type LockMode, type StatementObservation } from '../model/observation.ts';
import type { Schema } from '../model/schema.ts';
import { objectsOf, ofKind } from './safe/objects.ts';
import { keepsWaiting, worked } from './safe/observed.ts';

/** What a migration was seen to ask of everybody else, at production size; from the worst to the least. */
export interface Burden {
  /** Rows that are read, written or indexed while a lock keeps others waiting. */
  readonly rowsUnderLock: number;
  /** Rows that the largest transaction changes, and so locks. */
  readonly rowsInTransaction: number;
  /** Indexes that are dropped before another one on their table is created. */
  readonly gaps: number;
  /** Tables that nobody can read, however briefly. */
  readonly tablesUnreadable: number;
  /** Tables that nobody can write to, however briefly. */
  readonly tablesUnwritable: number;
  /** Statements that wait for a lock that keeps others waiting, without a limit. */
  readonly unlimitedWaits: number;
}

const worstFirst = [
  'rowsUnderLock',
  'rowsInTransaction',
  'gaps',
  'tablesUnreadable',
  'tablesUnwritable',
  'unlimitedWaits',
] as const satisfies readonly (keyof Burden)[];

/** Whether a burden is lighter than another in the first respect in which they differ. */
export function isLighter(burden: Burden, than: Burden): boolean {
  const first = worstFirst.find((respect) => burden[respect] !== than[respect]);
  return first !== undefined && burden[first] < than[first];
}

/** @param rows rows of a table at production size, by qualified name */
export function burdenOf(
  statements: readonly StatementObservation[],
  schema: Schema,
  rows: (table: string) => number,
): Burden {
  const waits = (statement: StatementObservation) =>
    statement.locks.some(({ relation, mode }) => keepsWaiting(schema, relation, mode));
  const underLock = statements.filter(waits);
  const transactions = Map.groupBy(statements, ({ transaction }) => transaction);
  return {
    rowsUnderLock: sum(
      underLock.flatMap((statement) => [...[...worked(statement)].map(rows), rowsChanged(statement, rows)]),
    ),
    rowsInTransaction: Math.max(
      0,
      ...[...transactions.values()].map((each) => sum(each.map((statement) => rowsChanged(statement, rows)))),
    ),
    gaps: gapsIn(statements),
    tablesUnreadable: tablesLocked(statements, blocksReads),
    tablesUnwritable: tablesLocked(statements, blocksWrites),
    unlimitedWaits: underLock.filter(({ settings }) => settings.lockTimeoutMs === 0).length,
  };
}

/** The same share of a table's rows as in the sandbox. */
function rowsChanged({ changedRows }: StatementObservation, rows: (table: string) => number): number {
  return sum(
    changedRows.map(({ relation, updated, deleted, of }) =>
      of === 0 ? 0 : Math.round((rows(relation) * (updated + deleted)) / of),
    ),
  );
}

function gapsIn(statements: readonly StatementObservation[]): number {
  const indexes = (statement: StatementObservation, how: 'created' | 'dropped') =>
    ofKind(objectsOf(statement.differences, how), 'index').map(({ table }) => table);
  const gaps = statements.flatMap((statement, index) => {
    const later = statements.slice(index + 1).flatMap((each) => indexes(each, 'created'));
    return indexes(statement, 'dropped').filter((table) => later.includes(table));
  });
  return gaps.length;
}

function tablesLocked(
  statements: readonly StatementObservation[],
  blocks: (mode: LockMode) => boolean,
): number {
  const locks = statements.flatMap((statement) => statement.locks.filter(({ mode }) => blocks(mode)));
  return new Set(locks.map(({ relation }) => relation)).size;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0);
}
