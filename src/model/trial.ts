import type { Statement } from './observation.ts';
import type { SchemaDifference } from './schema.ts';
import type { PostgresError } from './server.ts';

/** What a migration takes for granted about the rows that are there. */
export type Assumption = 'no nulls' | 'no duplicates' | 'no orphans' | 'check holds' | 'fits type' | 'other';

/** A statement that fails on rows that break what it assumes. */
export interface AdverseFailure {
  readonly file: string;
  readonly statement: Statement;
  /** Line of the file where PostgreSQL noticed the error. */
  readonly line: number;
  readonly error: PostgresError;
  readonly assumption: Assumption;
  /** Qualified name, where PostgreSQL tells it. */
  readonly table: string | null;
  readonly columns: readonly string[];
  /** A query that returns a row for each offending one at production, or null where none is known. */
  readonly preflight: string | null;
}

/** What came of running a migration, its down half, and the migration again. */
export interface Reversal {
  readonly file: string;
  /** File of the down half; null where there is none. */
  readonly down: string | null;
  readonly outcome:
    | { readonly kind: 'restored' }
    | { readonly kind: 'missing' }
    /** What is left over, seen from the schema before the migration. */
    | { readonly kind: 'differs'; readonly differences: readonly SchemaDifference[] }
    | {
        readonly kind: 'failed';
        readonly during: 'down' | 'up again';
        readonly statement: Statement;
        readonly error: PostgresError;
      };
}

/** What a second run of a statement did that the first had done already. */
export interface Repetition {
  readonly file: string;
  readonly statement: Statement;
  readonly outcome: /** It changed values that the first run had changed: each run makes another result. */
    | { readonly kind: 'changes rows again'; readonly table: string; readonly rows: number }
    | { readonly kind: 'adds rows again'; readonly table: string; readonly rows: number }
    | { readonly kind: 'fails'; readonly error: PostgresError };
}

/** What the change was tried for, beside being run once. */
export interface Trials {
  readonly adverse: readonly AdverseFailure[];
  readonly reversals: readonly Reversal[];
  readonly repetitions: readonly Repetition[];
}
