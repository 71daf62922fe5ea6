import { isDeepStrictEqual } from 'node:util';
import { type Catalogue, type Index, qualifiedName, type Table } from '../model/catalogue.ts';
import type { ExportedIndex, ExportedRelation, ProductionStatistics } from '../model/production.ts';
import { pageSize, type Sizes } from '../model/statistics.ts';

/** What production was seen to do, for the tables and indexes of a schema state that the statistics file knows. */
export interface Activity {
  /** Null where the file does not tell how long it counted. */
  readonly counted: CountedTime | null;
  /** By qualified name, partitioned tables with what their partitions went through. */
  readonly tables: ReadonlyMap<string, TableActivity>;
  /** By qualified name. */
  readonly indexes: ReadonlyMap<string, IndexActivity>;
}

/** How long counters counted. Times are ISO 8601. */
export interface CountedTime {
  readonly since: string;
  readonly until: string;
  readonly days: number;
  /**
   * Whether all counters began then. PostgreSQL 15 and newer know no such time for a database that was never reset
   * (stats_reset is null), and it is set as well when those of a single table are reset
   * (pg_stat_reset_single_table_counters): then they have counted for that time at least.
   */
  readonly from: 'reset' | 'at the latest';
}

export interface TableActivity {
  readonly name: string;
  /** As the file has them; as they are taken to be where it was never analysed. */
  readonly rows: number;
  readonly sequentialScansPerDay: number | null;
  readonly indexScansPerDay: number | null;
  /** Rows that enter every index: inserted ones, and new versions that are not in place (HOT). */
  readonly entriesPerDay: number | null;
  /** Rows deleted in all the time that was counted. */
  readonly deleted: number;
  /** Share of the row versions that are dead, 0 to 1; null for a table without any. */
  readonly deadShare: number | null;
  /** ISO 8601, of the partition that waits longest; null where one never was. */
  readonly lastVacuum: string | null;
  readonly lastAnalyze: string | null;
}

export interface IndexActivity {
  /** Qualified name of its table. */
  readonly table: string;
  readonly index: Index;
  /** In all the time that was counted. */
  readonly scans: number;
  /** Null where it is not known how long was counted, or less than a day. */
  readonly scansPerDay: number | null;
  readonly bytes: number;
}

const day = 86_400_000;

/**
 * What a statistics file tells of a schema state.
 *
 * @param sizes with the tables of the file, by oid
 * @param indexes those of the file, by oid
 */
export function activityOf(
  production: ProductionStatistics,
  catalogue: Catalogue,
  sizes: Sizes,
  indexes: ReadonlyMap<number, ExportedIndex>,
): Activity {
  const counted = countedTime(production);
  const partitions = Map.groupBy(catalogue.tables, ({ partitionOf }) => partitionOf);
  const tables = new Map<string, TableActivity>();
  const found = new Map<string, IndexActivity>();
  for (const table of catalogue.tables) {
    const name = qualifiedName(table);
    const parts = storedParts(table, partitions);
    const relations = parts.flatMap(({ oid }) => sizes.get(oid)?.imported?.relation ?? []);
    const sized = sizes.get(table.oid)?.size.rows ?? 0;
    const activity = tableActivity(name, sized, relations, counted);
    if (activity !== null) tables.set(name, activity);
    for (const index of table.indexes) {
      const alike = parts.flatMap((part) => indexes.get(partOf(index, table, part)?.oid ?? 0) ?? []);
      const used = indexActivity(name, index, alike, counted);
      if (used !== null) found.set(qualifiedName({ schema: table.schema, name: index.name }), used);
    }
  }
  return { counted, tables, indexes: found };
}

/**
 * Counters of a table live and die with its times of VACUUM and ANALYZE (PgStat_StatTabEntry in pgstat.h). So the oldest
 * of those stands in where the time of a reset is missing, and tells a reset that was not of all.
 */
function countedTime({ countersSince, takenAt, relations }: ProductionStatistics): CountedTime | null {
  const [oldest] = relations
    .flatMap(({ activity }) => [activity?.lastVacuum, activity?.lastAnalyze])
    .filter((time) => typeof time === 'string')
    .toSorted((a, b) => Date.parse(a) - Date.parse(b));
  const since = countersSince ?? oldest;
  if (since === undefined) return null;
  const days = (Date.parse(takenAt) - Date.parse(since)) / day;
  if (!(days > 0)) return null;
  const wasReset = countersSince !== null && !(Date.parse(oldest ?? since) < Date.parse(since));
  return { since, until: takenAt, days, from: wasReset ? 'reset' : 'at the latest' };
}

function perDay(count: number, counted: CountedTime | null): number | null {
  return counted === null || counted.from !== 'reset' || counted.days < 1 ? null : count / counted.days;
}

/** The table itself, or what the rows of a partitioned table lie in. */
function storedParts(
  table: Table,
  partitions: ReadonlyMap<number | null, readonly Table[]>,
): readonly Table[] {
  if (table.kind !== 'partitioned table') return [table];
  return (partitions.get(table.oid) ?? []).flatMap((part) => storedParts(part, partitions));
}

/** What an index of a partitioned table is in one of its partitions: the one that is alike. */
function partOf(index: Index, table: Table, part: Table): Index | undefined {
  if (part === table) return index;
  const shape = ({ method, keys, included, unique, predicate }: Index) =>
    ({ method, keys, included, unique, predicate }) satisfies Partial<Index>;
  return part.indexes.find((each) => isDeepStrictEqual(shape(each), shape(index)));
}

function tableActivity(
  name: string,
  sized: number,
  relations: readonly ExportedRelation[],
  counted: CountedTime | null,
): TableActivity | null {
  const known = relations.flatMap(({ rows, activity }) =>
    activity === null ? [] : [{ ...activity, rows, live: Math.max(0, rows) }],
  );
  if (known.length === 0) return null;
  const sum = (count: (each: (typeof known)[number]) => number) =>
    known.reduce((total, each) => total + count(each), 0);
  const dead = sum(({ deadRows }) => deadRows);
  const versions = dead + sum(({ live }) => live);
  return {
    name,
    rows: known.every((each) => each.rows >= 0) ? sum(({ live }) => live) : sized,
    sequentialScansPerDay: perDay(
      sum(({ sequentialScans }) => sequentialScans),
      counted,
    ),
    indexScansPerDay: perDay(
      sum(({ indexScans }) => indexScans),
      counted,
    ),
    entriesPerDay: perDay(
      sum(({ inserted, updated, hotUpdated }) => inserted + updated - hotUpdated),
      counted,
    ),
    deleted: sum(({ deleted }) => deleted),
    deadShare: versions === 0 ? null : dead / versions,
    lastVacuum: longestAgo(known.map(({ lastVacuum }) => lastVacuum)),
    lastAnalyze: longestAgo(known.map(({ lastAnalyze }) => lastAnalyze)),
  };
}

function longestAgo(times: readonly (string | null)[]): string | null {
  const known = times.filter((time) => time !== null);
  if (known.length < times.length) return null;
  return known.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}

function indexActivity(
  table: string,
  index: Index,
  parts: readonly ExportedIndex[],
  counted: CountedTime | null,
): IndexActivity | null {
  const counts = parts.flatMap(({ scans }) => scans ?? []);
  if (parts.length === 0 || counts.length < parts.length) return null;
  const scans = counts.reduce((sum, each) => sum + each, 0);
  const pages = parts.reduce((sum, each) => sum + each.pages, 0);
  return { table, index, scans, scansPerDay: perDay(scans, counted), bytes: pages * pageSize };
}
