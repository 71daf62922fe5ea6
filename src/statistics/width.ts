import type { Column } from '../model/catalogue.ts';

/**
 * Average bytes of values of types without a fixed length, where nothing better is known. Types that are not
 * named here get 32, PostgreSQL's own guess (get_typavgwidth in lsyscache.c).
 */
const typicalWidths: ReadonlyMap<string, number> = new Map([
  ['numeric', 8],
  ['inet', 7],
  ['cidr', 7],
  ['varbit', 8],
  ['json', 200],
  ['jsonb', 200],
  ['xml', 200],
  ['tsvector', 200],
]);

const unknownWidth = 32;

/** Average bytes of a column's values, from its type (as get_typavgwidth does for declared lengths). */
export function typicalWidth(column: Column): number {
  if (column.length > 0) return column.length;
  const { maxLength } = column;
  if (maxLength !== null) {
    // A fixed-length character type is padded; a varying one is taken as half full beyond 32 characters.
    if (column.typeName === 'bpchar' || maxLength <= unknownWidth) return maxLength + 1;
    return unknownWidth + (Math.min(maxLength, 1000) - unknownWidth) / 2;
  }
  return typicalWidths.get(column.typeName) ?? unknownWidth;
}

/** Next multiple of 8 bytes, to which PostgreSQL aligns tuples on 64-bit machines (MAXALIGN). */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
