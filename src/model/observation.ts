import type { SchemaDifference } from './schema.ts';
import type { Notice, PostgresError } from './server.ts';

/** Table-level lock modes, weakest first (PostgreSQL documentation, "Explicit Locking"; names as in pg_locks). */
export const lockModes = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
] as const;

export type LockMode = (typeof lockModes)[number];

/** A relation by its qualified name, as it was called before the change. */
type RelationName = string;

export interface Lock {
  readonly relation: RelationName;
  readonly mode: LockMode;
}

export interface Scan {
  readonly relation: RelationName;
  /** Sequential scans begun by the statement; counted on an empty table too. */
  readonly scans: number;
  /** Rows those scans read in the sandbox. */
  readonly rows: number;
}

export interface BuiltIndex {
  readonly index: string;
  readonly relation: RelationName;
}

/** How a statement ended. */
export type Outcome =
  | { readonly kind: 'done' }
  /** `line` is where in the file PostgreSQL noticed the error. */
  | { readonly kind: 'failed'; readonly error: PostgresError; readonly line: number }
  | { readonly kind: 'stopped'; readonly limitMs: number };

/** One SQL statement of a migration, where it stands, and its text. Lines count from 1. */
export interface Statement {
  readonly sql: string;
  readonly line: number;
  readonly endLine: number;
}

/** A lock on an index, which keeps whoever plans a query on its table waiting. */
export interface IndexLock extends Lock {
  readonly index: string;
}

/** Rows that a statement changed, in the sandbox. */
export interface ChangedRows {
  readonly relation: RelationName;
  readonly inserted: number;
  readonly updated: number;
  readonly deleted: number;
  /** Rows that the table held before the statement. */
  readonly of: number;
}

/** Settings in effect when a statement begins. */
export interface SettingsInEffect {
  /** Milliseconds; 0 waits for ever. */
  readonly lockTimeoutMs: number;
  /** Milliseconds; 0 is no limit. */
  readonly statementTimeoutMs: number;
  readonly idleInTransactionTimeoutMs: number;
  /** Null before PostgreSQL 17. */
  readonly transactionTimeoutMs: number | null;
  readonly timeZone: string;
  readonly searchPath: string;
  readonly role: string;
}

/** What one statement was seen to do to relations that existed before the change. */
export interface StatementObservation extends Statement {
  /** Statements with the same number shared a transaction; null outside of any. */
  readonly transaction: number | null;
  /** Held when the statement began, from earlier statements of its transaction: the strongest per relation. */
  readonly heldAtStart: readonly Lock[];
  /** Held after it or, outside a transaction, seen or asked for while it ran: the strongest per relation. */
  readonly locks: readonly Lock[];
  /**
   * The strongest mode per relation that the statement took itself. A mode that its transaction held before shows
   * only where the statement took a further one.
   */
  readonly takes: readonly Lock[];
  /** Locks on indexes that existed before the change, likewise. */
  readonly indexLocks: readonly IndexLock[];
  /** Tables and materialised views whose storage was written anew (another relfilenode). */
  readonly rewrites: readonly RelationName[];
  /** Tables that were given a new file without rows: TRUNCATE. */
  readonly emptied: readonly RelationName[];
  /** Sequences that were written anew. */
  readonly sequencesRewritten: readonly RelationName[];
  readonly scans: readonly Scan[];
  readonly indexesBuilt: readonly BuiltIndex[];
  readonly changedRows: readonly ChangedRows[];
  readonly walBytes: number;
  /** All objects, those of the change itself included. */
  readonly differences: readonly SchemaDifference[];
  readonly settings: SettingsInEffect;
  readonly notices: readonly Notice[];
  readonly durationMs: number;
  readonly outcome: Outcome;
}

/**
 * How the statements of a migration were grouped: `file`, all in one transaction; `statement`, each commits
 * alone; `none`, at least one of them cannot run in a transaction, so that none does; `deploy`, all migrations of
 * the change in one transaction.
 */
export type TransactionMode = 'file' | 'statement' | 'none' | 'deploy';

export interface MigrationObservation {
  readonly file: string;
  /** Files of some tools hold several migrations. */
  readonly version: string;
  readonly transaction: TransactionMode;
  readonly statements: readonly StatementObservation[];
  /** Statements that were not run because an earlier one failed. */
  readonly notRun: readonly Statement[];
  /** The statement that ended the migration's transaction before its last statement, or null. */
  readonly transactionEndedBy: Statement | null;
  /** The statement that began a transaction which nothing in the migration ends, or null. */
  readonly transactionLeftOpenBy: Statement | null;
}

/** Whether every statement of the migration was run to its end. */
export function succeeded(migration: MigrationObservation): boolean {
  return migration.statements.every((statement) => statement.outcome.kind === 'done');
}

const conflicts: Readonly<Record<LockMode, LockMode>> = {
  AccessShareLock: 'AccessExclusiveLock',
  RowShareLock: 'ExclusiveLock',
  RowExclusiveLock: 'ShareLock',
  ShareUpdateExclusiveLock: 'ShareUpdateExclusiveLock',
  ShareLock: 'RowExclusiveLock',
  ShareRowExclusiveLock: 'RowExclusiveLock',
  ExclusiveLock: 'RowShareLock',
  AccessExclusiveLock: 'AccessShareLock',
};

/**
 * Whether two sessions cannot hold these modes on one relation at once (PostgreSQL documentation, "Explicit
 * Locking", table of conflicting lock modes). The table is ordered but for SHARE, which does not conflict with
 * itself, though with the weaker ROW EXCLUSIVE.
 */
export function conflict(a: LockMode, b: LockMode): boolean {
  if (a === 'ShareLock' && b === 'ShareLock') return false;
  return lockModes.indexOf(b) >= lockModes.indexOf(conflicts[a]);
}

/** Whether a lock of that mode keeps other sessions from writing rows (conflicts with ROW EXCLUSIVE). */
export function blocksWrites(mode: LockMode): boolean {
  return lockModes.indexOf(mode) >= lockModes.indexOf('ShareLock');
}

/** Whether a lock of that mode keeps other sessions from reading rows (conflicts with ACCESS SHARE). */
export function blocksReads(mode: LockMode): boolean {
  return mode === 'AccessExclusiveLock';
}

/** How a lock mode is called in SQL and in the documentation: `ACCESS EXCLUSIVE`. */
export function modeInWords(mode: string): string {
  return mode
    .replace(/Lock$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}
