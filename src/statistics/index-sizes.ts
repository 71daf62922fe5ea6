import type { Index } from '../model/catalogue.ts';
import type { ExportedIndex } from '../model/production.ts';
import type { ColumnStatistics, TableStatistics } from '../model/statistics.ts';
import { columnReference, parseExpression, walk } from '../sql/expression.ts';
import { indexPages } from './pages.ts';

/** Rows and pages of a table or index, as pg_class is to have them. */
export interface StorageSize {
  readonly oid: number;
  readonly rows: number;
  readonly pages: number;
  /** Pages of which all rows are visible to everybody; 0 for indexes. */
  readonly allVisible: number;
}

/** An index's size as it was measured; where its table is declared to be larger or smaller, so is the index. */
export function importedIndexSize(
  { oid }: Index,
  { rows, pages }: ExportedIndex,
  { size, imported }: TableStatistics,
): StorageSize {
  const measured = imported?.relation.rows ?? 0;
  const scale = size.source === 'imported' || measured <= 0 ? 1 : size.rows / measured;
  return { oid, rows: Math.ceil(Math.max(0, rows) * scale), pages: Math.ceil(pages * scale), allVisible: 0 };
}

/**
 * An index's size, estimated.
 *
 * @param share share of the table's rows that it covers
 */
export function estimatedIndexSize(
  index: Index,
  { size, columns }: TableStatistics,
  share: number,
): StorageSize {
  const rows = Math.ceil(size.rows * share);
  const byName = new Map(columns.map((column) => [column.column, column]));
  const known = (name: string | null) => byName.get(name ?? '');
  const keys = index.keys.map(({ column, expression }) =>
    expression === null ? keySize([known(column)], rows) : expressionSize(expression, byName, rows),
  );
  const included = index.included.map((column) => keySize([known(column)], rows));
  const width = [...keys, ...included].reduce((sum, key) => sum + key.width, 0);
  const distinct = Math.min(
    rows,
    keys.reduce((product, key) => product * key.distinct, 1),
  );
  return { oid: index.oid, rows, pages: indexPages(index, { rows, width, distinct }), allVisible: 0 };
}

interface KeySize {
  readonly width: number;
  readonly distinct: number;
}

function keySize(columns: readonly (ColumnStatistics | undefined)[], rows: number): KeySize {
  return {
    width: columns.reduce((sum, column) => sum + (column?.width ?? unknownWidth), 0),
    distinct: columns.reduce((product, column) => product * distinctCount(column, rows), 1),
  };
}

/** PostgreSQL's guess for values of any length (get_typavgwidth in lsyscache.c). */
const unknownWidth = 32;

/**
 * As many values as there are combinations of the columns in it, as the planner takes it without statistics of the
 * expression (estimate_num_groups in selfuncs.c); as wide as those, if they are not wider than it would guess.
 */
function expressionSize(
  expression: string,
  byName: ReadonlyMap<string, ColumnStatistics>,
  rows: number,
): KeySize {
  const names = [...walk(parseExpression(expression))].map((node) => columnReference(node)?.at(-1) ?? '');
  const columns = [...new Set(names)].flatMap((name) => byName.get(name) ?? []);
  if (columns.length === 0) return keySize([undefined], rows);
  const { width, distinct } = keySize(columns, rows);
  return { width: Math.min(width, unknownWidth), distinct };
}

/** PostgreSQL takes 200 where it knows nothing (DEFAULT_NUM_DISTINCT in selfuncs.h). */
function distinctCount(column: ColumnStatistics | undefined, rows: number): number {
  const distinct = column?.distinct ?? 0;
  if (distinct === 0) return Math.min(rows, 200);
  return distinct < 0 ? -distinct * rows : distinct;
}
