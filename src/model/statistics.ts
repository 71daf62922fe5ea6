import type { ExportedColumn, ExportedExtended, ExportedIndex, ExportedRelation } from './production.ts';

/** Where a size comes from. */
export type SizeSource = 'imported' | 'declared' | 'assumed';

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
  /** Bounds of ranges that hold equally many of the other values, as text, in order; empty where unknown. */
  readonly histogram: readonly string[];
  /** Whether values only stand in for those that redacted statistics do not tell: the planner knows them, nobody else. */
  readonly redacted: boolean;
  /** Physical against logical order, -1 to 1, or null where unknown. */
  readonly correlation: number | null;
}

/** What a statistics file says of a table of a schema state. */
export interface ImportedTable {
  readonly relation: ExportedRelation;
  /** By the column's number in this schema state; columns that the file lacks are missing. */
  readonly columns: ReadonlyMap<number, ExportedColumn>;
  /** Numbers of columns about which something else is declared, which counts instead. */
  readonly declared: ReadonlySet<number>;
  /** By oid: indexes that this schema state has from the earlier one, under the names that the file knows. */
  readonly indexes: ReadonlyMap<number, ExportedIndex>;
  /** Extended statistics of the table. */
  readonly extended: readonly ExportedExtended[];
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  /** Whether values are missing, and only their frequencies there. */
  readonly redacted: boolean;
}

export interface TableStatistics {
  readonly size: TableSize;
  readonly columns: readonly ColumnStatistics[];
  /** What the twin is given as it is, or null where the file has nothing of the table. */
  readonly imported: ImportedTable | null;
}

/** Sizes of all tables of one schema state, by table oid. */
export type Sizes = ReadonlyMap<number, TableStatistics>;

/** Bytes of a page of the server (BLCKSZ). */
export const pageSize = 8192;
