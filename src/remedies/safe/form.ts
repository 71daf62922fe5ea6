import type { Draft } from '../../model/migration.ts';
import type { StatementObservation } from '../../model/observation.ts';
import type { Schema } from '../../model/schema.ts';
import type { Node } from '../../sql/grammar.ts';

/** A draft, with how long it runs: brief ones may share a transaction, a long one makes others wait for its locks. */
export interface Step extends Draft {
  readonly duration: 'brief' | 'long';
}

/** Another way to do what one statement did, which others hardly have to wait for. */
export interface SafeForm {
  readonly title: string;
  /** In the order in which they run. */
  readonly steps: readonly Step[];
  /** What a person has to know or do besides; null where there is nothing. */
  readonly advice: string | null;
}

/** A statement that others would have to wait for, and what was found out about it. */
export interface Situation {
  readonly node: Node;
  readonly observation: StatementObservation;
  /** All objects as they were before the statement. */
  readonly schema: Schema;
  /** What holds for the rows of a partition once the migration has run (pg_get_partition_constraintdef), by name. */
  readonly partitionConstraints: ReadonlyMap<string, string>;
  /** Rows of a table at production size, by qualified name. */
  readonly rows: (table: string) => number;
  /** Major version of the server. */
  readonly major: number;
}

/** Knows the safe form of one kind of statement. Null where the statement is none, or was seen to do no harm. */
export type Form = (situation: Situation) => SafeForm | null;

/** Statements that only change the catalogue; they share a transaction. */
export function brief(title: string, ...statements: readonly string[]): Step {
  return { title, transaction: 'one', statements, duration: 'brief' };
}

/** A statement that takes as long as the table is large, in a transaction of its own. */
export function long(title: string, statement: string): Step {
  return { title, transaction: 'one', statements: [statement], duration: 'long' };
}

/**
 * A statement that cannot run in a transaction. It is alone in its draft: tools that send a file as one query make
 * a transaction of several statements.
 */
export function alone(title: string, statement: string): Step {
  return { title, transaction: 'none', statements: [statement], duration: 'long' };
}
