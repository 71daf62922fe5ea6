import type { Column } from '../../model/catalogue.ts';
import type { ExportedColumnStatistics } from '../../model/production.ts';
import type { ImportedTable } from '../../model/statistics.ts';
import { valuesBetween } from './made-up-values.ts';

/**
 * Redacted statistics have frequencies and no values. Values of the column's type are put in their place, in order, so
 * that PostgreSQL takes the way for values that are none of the most common ones, and has bounds for ranges: keys count
 * from 1, times are those of the two years before. Lists that hold every value are left out: for a constant that is
 * not in them PostgreSQL would assume next to no rows, and takes the mean without them.
 */
export function withPlaceholders(
  statistics: ExportedColumnStatistics,
  column: Column,
  { relation: { rows }, takenAt }: ImportedTable,
): ExportedColumnStatistics {
  const { mostCommon, histogram, elements, nullFraction, distinct } = statistics;
  const count = distinct < 0 ? -distinct * Math.max(rows, 0) : distinct;
  const make: Make = (type, howMany, place) =>
    valuesBetween({ type, maxLength: column.maxLength, distinct: count, takenAt }, howMany, place);
  const shares = mostCommon?.shares ?? [];
  const isComplete = shares.reduce((sum, share) => sum + share, nullFraction) > everything;
  const common = isComplete ? null : make(column.typeName, shares.length, 'between');
  const bounds = make(column.typeName, histogram?.count ?? 0, 'bounds');
  return {
    ...statistics,
    mostCommon: common && { values: common, shares },
    histogram: bounds && { values: bounds, count: bounds.length },
    elements: elements && {
      ...elements,
      mostCommon: filledElements(elements.mostCommon.shares, column.typeName, make),
    },
  };
}

type Make = (type: string, howMany: number, place: 'bounds' | 'between') => readonly string[] | null;

/** What the shares of all values add up to where the list holds every value, but for rounding. */
const everything = 0.999;

/** The shares end with the least and the greatest of them and, for arrays, that of elements that are NULL. */
function filledElements(shares: readonly number[], type: string, make: Make) {
  const isArray = type.startsWith('_');
  const howMany = Math.max(0, shares.length - (isArray ? 3 : 2));
  const values = make(isArray ? type.slice(1) : 'text', howMany, 'between');
  return { values: values ?? [], shares };
}
