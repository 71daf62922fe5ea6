import type { ColumnStatistics } from '../../model/statistics.ts';

/** A value of a column, as text. */
export interface ColumnValue {
  readonly value: string;
  /** Whether it stands for a value that is not known. */
  readonly standsIn: boolean;
}

/**
 * How many times as often as a rare value the most common one must be for it to matter which of them is asked for.
 */
const leastRatio = 2;

/** Shares below are nothing but rounding. */
const nothing = 1e-6;

/** What is known of a column's values. */
export interface ValuedColumn {
  /** Base type's name: `text`, `int4`. */
  readonly typeName: string;
  readonly statistics: ColumnStatistics;
}

/** Whether plans can depend on which value of the column is asked for. */
export function isSkewed(column: ValuedColumn): boolean {
  const [first] = column.statistics.mostCommon;
  return first !== undefined && first.share >= leastRatio * rarest(column).share;
}

/** The most common value, or at another place the next ones: the values of a list differ. */
export function commonValue({ statistics }: ValuedColumn, place: number): ColumnValue | null {
  const { mostCommon, redacted } = statistics;
  const value = mostCommon[place % Math.max(1, mostCommon.length)]?.value;
  return value === undefined ? null : { value, standsIn: redacted };
}

/** A value that few rows have. */
export function rareValue(column: ValuedColumn): ColumnValue {
  const { statistics } = column;
  const { value } = rarest(column);
  return { value, standsIn: statistics.redacted || !isKnown(statistics, value) };
}

function isKnown({ mostCommon, histogram }: ColumnStatistics, value: string): boolean {
  return histogram.includes(value) || mostCommon.some((each) => each.value === value);
}

/** The rarest value known, or one that is none of the known ones, if those that are not known are rarer. */
function rarest({ typeName, statistics }: ValuedColumn): { readonly value: string; readonly share: number } {
  const { mostCommon, histogram, nullFraction, distinct } = statistics;
  const least = mostCommon.at(-1) ?? { value: '', share: 1 };
  const share = mostCommon.reduce((left, each) => left - each.share, 1 - nullFraction);
  // What is a share of the rows, or not known, is many.
  const others = distinct > 0 ? distinct - mostCommon.length : Number.POSITIVE_INFINITY;
  if (others < 1 || share < nothing || share / others >= least.share) return least;
  const value = histogram[Math.floor(histogram.length / 2)] ?? unlisted(typeName, statistics);
  return value === null ? least : { value, share: share / others };
}

/** A value that is not among the most common ones; null where only the type knows what its values are. */
function unlisted(typeName: string, { mostCommon }: ColumnStatistics): string | null {
  const listed = new Set(mostCommon.map(({ value }) => value));
  const isText = ['text', 'varchar', 'bpchar'].includes(typeName);
  if (!isText && !['int2', 'int4', 'int8', 'numeric'].includes(typeName)) return null;
  for (let number = 0; ; number += 1) if (!listed.has(String(number))) return String(number);
}
