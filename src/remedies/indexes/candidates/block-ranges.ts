import { type IndexDefinition, plainKey } from '../definition.ts';
import type { Demand } from '../demand.ts';

/** From where on rows lie so much in the order of a column that a summary of 128 pages tells them apart. */
const leastCorrelation = 0.95;
/** Rows below which a B-tree is no burden. */
const leastRows = 5_000_000;

/** BRIN indexes on what large tables are in the order of. */
export function blockRanges({ table, ranges, equal, joined }: Demand): readonly IndexDefinition[] {
  // Whatever is compared by `=` narrows the search more.
  if (table.rows < leastRows || equal.length > 0 || joined.length > 0) return [];
  return ranges.flatMap(({ column, text }): readonly IndexDefinition[] => {
    const correlation = table.statistics.get(column ?? '')?.correlation ?? 0;
    if (column === null || Math.abs(correlation) < leastCorrelation) return [];
    const keys = [plainKey(column, text)];
    return [{ table: table.name, method: 'brin', keys, included: [], predicate: null, requires: null }];
  });
}
