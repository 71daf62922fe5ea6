import type { Range, Throughput, Work } from '../model/estimate.ts';
import type { ChangedRows, StatementObservation } from '../model/observation.ts';
import { costOfIndexPerRow } from './assumptions.ts';
import { exactly, secondsAt, sumOf, times } from './range.ts';
import type { ProductionTables } from './tables.ts';

/** The rows that a statement will insert, update and delete in production. */
export function changedRowsWork(
  statement: StatementObservation,
  tables: ProductionTables,
  throughput: Throughput,
  plannedRows: number | null,
): readonly Work[] {
  const inProduction = (some: number, of: number, production: number) =>
    plannedRows !== null && some > 0 && some < of
      ? exactly(Math.min(plannedRows, production))
      : scaled(some, of, production);
  return statement.changedRows.flatMap((changed): readonly Work[] => {
    const table = tables.before(changed.relation);
    // REFRESH MATERIALIZED VIEW counts as insertion what it has written anew.
    if (table === null || statement.rewrites.includes(changed.relation)) return [];
    const written = sumOf([
      inProduction(changed.updated, changed.of, table.rows),
      insertedRows(statement, changed, tables),
    ]);
    const deleted = inProduction(changed.deleted, changed.of, table.rows);
    // A deleted row leaves its index entries to VACUUM.
    const perRow = 1 + costOfIndexPerRow * table.indexes.length;
    return [
      {
        kind: 'rows changed',
        relation: table.name,
        rows: Math.round(written.high + deleted.high),
        bytes: null,
        seconds: secondsAt(sumOf([times(written, perRow), deleted]), throughput.changedRows),
      },
    ];
  });
}

/**
 * What becomes of some rows of few at production size. All of them are all there too; a part of so few says only
 * that it is between those very rows, as by a key, and the same part of the table.
 */
function scaled(some: number, of: number, production: number): Range {
  if (some === 0 || of === 0) return exactly(some);
  const part = Math.max(some, (some / of) * production);
  return some >= of ? exactly(part) : { low: some, high: part };
}

/** Rows are inserted one by one, or from what the statement reads: the largest table that it scans decides. */
function insertedRows(
  { scans }: StatementObservation,
  { inserted }: ChangedRows,
  tables: ProductionTables,
): Range {
  const sources = scans.flatMap(({ relation, rows }) => {
    const production = tables.before(relation)?.rows;
    return production === undefined || rows === 0 ? [] : [{ rows, production }];
  });
  const [largest] = sources.toSorted((a, b) => b.production - a.production);
  return largest === undefined ? exactly(inserted) : scaled(inserted, largest.rows, largest.production);
}
