import type { ExportedColumnStatistics } from '../model/production.ts';

/** What pg_statistic has to be told about the type of a column, or of an expression of an index. */
export interface TypeFacts {
  /** The type that values are kept as: a domain's base type, so that no check of the domain is run. */
  readonly type: number;
  readonly equal: number;
  readonly less: number;
  readonly collation: number;
  /** Of arrays and tsvector. */
  readonly element: { readonly type: number; readonly equal: number; readonly collation: number } | null;
  /** The type of the bounds of ranges and multiranges, or null. */
  readonly range: number | null;
  /** Whether reading a value runs nothing but PostgreSQL's own code. */
  readonly isPlain: boolean;
}

/** One of a row's five slots (pg_statistic.h). */
export interface Slot {
  readonly kind: number;
  readonly operator: number;
  readonly collation: number;
  readonly numbers: readonly number[] | null;
  readonly values: { readonly type: number; readonly texts: readonly string[] } | null;
}

/** `float8`, and its operator `<` (pg_type.dat, pg_operator.dat). */
const float8 = { type: 701, less: 672 } as const;

/**
 * The slots that ANALYZE fills for these facts, with operators and collations as it sets them (std_typanalyze in
 * analyze.c, array_typanalyze.c, ts_typanalyze.c, rangetypes_typanalyze.c).
 */
export function slotsOf(statistics: ExportedColumnStatistics, facts: TypeFacts): readonly Slot[] {
  return [
    ...scalarSlots(statistics, facts),
    ...elementSlots(statistics, facts),
    ...rangeSlots(statistics, facts),
  ];
}

function scalarSlots(
  { mostCommon, histogram, correlation }: ExportedColumnStatistics,
  { type, equal, less, collation }: TypeFacts,
): readonly Slot[] {
  const slots: Slot[] = [];
  if (mostCommon !== null && mostCommon.values.length > 0 && equal !== 0) {
    const values = { type, texts: mostCommon.values };
    slots.push({ kind: 1, operator: equal, collation, numbers: mostCommon.shares, values });
  }
  // One bound tells nothing.
  if (histogram !== null && histogram.values.length > 1 && less !== 0) {
    const values = { type, texts: histogram.values };
    slots.push({ kind: 2, operator: less, collation, numbers: null, values });
  }
  if (correlation !== null && less !== 0) {
    slots.push({ kind: 3, operator: less, collation, numbers: [correlation], values: null });
  }
  return slots;
}

function elementSlots({ elements }: ExportedColumnStatistics, { element }: TypeFacts): readonly Slot[] {
  if (elements === null || element === null) return [];
  const { type, equal: operator, collation } = element;
  const { mostCommon, counts } = elements;
  const slots: Slot[] = [];
  if (mostCommon.values.length > 0) {
    const values = { type, texts: mostCommon.values };
    slots.push({ kind: 4, operator, collation, numbers: mostCommon.shares, values });
  }
  if (counts !== null) slots.push({ kind: 5, operator, collation, numbers: counts, values: null });
  return slots;
}

function rangeSlots({ ranges }: ExportedColumnStatistics, { range }: TypeFacts): readonly Slot[] {
  if (ranges === null || range === null) return [];
  const { lengths, emptyFraction, bounds } = ranges;
  const slots: Slot[] = [];
  if (bounds !== null && bounds.values.length > 1) {
    const values = { type: range, texts: bounds.values };
    slots.push({ kind: 7, operator: 0, collation: 0, numbers: null, values });
  }
  if (lengths !== null || emptyFraction !== null) {
    const values = lengths === null ? null : { type: float8.type, texts: lengths.map(String) };
    slots.push({ kind: 6, operator: float8.less, collation: 0, numbers: [emptyFraction ?? 0], values });
  }
  return slots;
}
