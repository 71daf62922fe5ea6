import type { PostgresError } from './server.ts';

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

/** What one statement was seen to do to relations that existed before the change. */
export interface StatementObservation extends Statement {
  /** Held when the statement began, from earlier statements of its transaction: the strongest per relation. */
  readonly heldAtStart: readonly Lock[];
  /** Held after it, the strongest per relation. Not readable for a statement that runs outside a transaction. */
  readonly locks: readonly Lock[] | 'unknown';
  /** Tables and materialised views whose storage was written anew (another relfilenode). */
  readonly rewrites: readonly RelationName[];
  readonly scans: readonly Scan[];
  readonly indexesBuilt: readonly BuiltIndex[];
  readonly durationMs: number;
  readonly outcome: Outcome;
}

/**
 * How the statements of a migration were grouped: `file`, all in one transaction; `statement`, each commits
 * alone; `none`, at least one of them cannot run in a transaction, so that none does.
 */
export type TransactionMode = 'file' | 'statement' | 'none';

export interface MigrationObservation {
  readonly file: string;
  readonly transaction: TransactionMode;
  readonly statements: readonly StatementObservation[];
  /** Statements that were not run because an earlier one failed. */
  readonly notRun: readonly Statement[];
  /** The statement that ended the migration's transaction before its last statement, or null. */
  readonly transactionEndedBy: Statement | null;
}

/** Whether every statement of the migration was run to its end. */
export function succeeded(migration: MigrationObservation): boolean {
  return migration.statements.every((statement) => statement.outcome.kind === 'done');
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
