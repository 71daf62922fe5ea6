/** Where a size comes from. */
export type SizeSource = 'declared' | 'assumed';

/** Size of a table at production, as the planner is to see it. */
export interface TableSize {
  /** Rows (pg_class.reltuples). */
  readonly rows: number;
  /** 8 kB pages (pg_class.relpages). */
  readonly pages: number;
  /** Average bytes of a row's columns. */
  readonly width: number;
  readonly source: SizeSource;
}

/** What the planner is told about a column's values (pg_statistic). */
export interface ColumnStatistics {
  readonly column: string;
  /** Share of NULLs, 0 to 1. */
  readonly nullFraction: number;
  /** Average width of a value in bytes. */
  readonly width: number;
  /** As stadistinct: a count if positive, minus the share of the rows if negative, unknown if 0. */
  readonly distinct: number;
  /** Most common values, as text, each with its share of all rows, most common first. */
  readonly mostCommon: readonly { readonly value: string; readonly share: number }[];
  /** Physical against logical order, -1 to 1, or null where unknown. */
  readonly correlation: number | null;
}

export interface TableStatistics {
  readonly size: TableSize;
  readonly columns: readonly ColumnStatistics[];
}

/** Sizes of all tables of one schema state, by table oid. */
export type Sizes = ReadonlyMap<number, TableStatistics>;

/** Bytes of a page of the server (BLCKSZ). */
export const pageSize = 8192;
