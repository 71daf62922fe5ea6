/**
 * How a tool groups the statements of a migration:
 * - `transaction`: the tool opens one for the migration and commits it at the end;
 * - `one query`: the text is sent as one simple query, so that several statements form an implicit transaction and
 *   a single one commits alone (PostgreSQL documentation, "Multiple Statements in a Simple Query");
 * - `statements`: each statement is sent, and commits, alone;
 * - `deploy`: all pending migrations run in one transaction;
 * - `unknown`: no tool is known; one transaction, unless PostgreSQL says that a statement cannot be in one.
 */
export type Wrapping = 'transaction' | 'one query' | 'statements' | 'deploy' | 'unknown';

/** A text that is run. */
export interface Script {
  /** Relative to the working directory, with forward slashes. */
  readonly path: string;
  /**
   * The file's text with everything that is not part of the script blanked out (line breaks stay), so that
   * positions in it are positions in the file. Placeholders are filled in.
   */
  readonly text: string;
  readonly wrapping: Wrapping;
  /**
   * Where the text was sent by a program and stands in no file: for each of its statements, the line of the file at
   * `path` that it most likely comes from.
   */
  readonly lines?: readonly number[];
}

/** One migration: what its tool runs once, or again and again if it is repeatable, and records as done. */
export interface Migration extends Script {
  /** What orders it among the others, as written in its name: `0042`, `20260114093000`, `1.2`, `ann:7`. */
  readonly version: string;
  /** `baseline` stands for all versions up to its own. */
  readonly kind: 'versioned' | 'repeatable' | 'baseline';
  /** What undoes it, or null where there is nothing. */
  readonly down: Script | null;
}

/** Statements for a new migration, which are to run in one transaction, or each alone. */
export interface Draft {
  /** A few words in snake case: `validate_orders_total_check`. */
  readonly title: string;
  readonly transaction: 'one' | 'none';
  /** Without semicolons at their ends. */
  readonly statements: readonly string[];
}
