import { isDeepStrictEqual } from 'node:util';
import type { ColumnObject, SchemaDifference } from '../../model/schema.ts';
import { quoteQualified, unqualified } from '../../sql/identifier.ts';
import type { Situation, Step } from './form.ts';

/** What one ALTER TABLE did to its table. */
export interface TableChange {
  readonly situation: Situation;
  /** Qualified name. */
  readonly table: string;
  /** Those of the table itself: what follows from them for its partitions is left out. */
  readonly differences: readonly SchemaDifference[];
}

/** A part of a table change, written another way. */
export interface Part {
  readonly steps: readonly Step[];
  /** Keys of the objects whose differences the steps make. */
  readonly covers: readonly string[];
}

/** Writes the part of a table change that it knows about. Null where it sees that nothing safe can be written. */
export type PartWriter = (change: TableChange) => Part | null;

/** `ALTER TABLE schema.table ...` */
export function alter({ table }: TableChange, ...actions: readonly string[]): string {
  return `ALTER TABLE ${quoteQualified(table)} ${actions.join(', ')}`;
}

/** A name for what belongs to a table's column: `orders_total_present`. */
export function nameFor({ table }: TableChange, ...words: readonly string[]): string {
  return [unqualified(table), ...words].join('_');
}

/** A column that was altered in nothing but whether it may be null and in its default, or null. */
export function onlyNullabilityAndDefault(
  difference: SchemaDifference,
): { readonly before: ColumnObject; readonly after: ColumnObject } | null {
  if (difference.kind !== 'altered') return null;
  const { before, after } = difference;
  if (before.kind !== 'column' || after.kind !== 'column') return null;
  const { notNull, default: value } = after;
  return isDeepStrictEqual({ ...before, notNull, default: value }, after) ? { before, after } : null;
}

/** Several parts as one. */
export function both(parts: readonly Part[]): Part {
  return { steps: parts.flatMap(({ steps }) => steps), covers: parts.flatMap(({ covers }) => covers) };
}
