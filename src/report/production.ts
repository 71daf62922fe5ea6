import type { ProductionStatistics } from '../model/production.ts';
import type { Review } from '../model/review.ts';
import type { Facts } from '../rules/facts.ts';
import type { Activity, TableActivity } from '../statistics/activity.ts';
import { timeShareInWords } from './time.ts';
import { formatCount } from './wording.ts';

/** What production says about the tables of the change, and how every rendering of a review words it. */

export type ProductionReview = NonNullable<Review['production']>;
type ProductionTable = ProductionReview['tables'][number];

/** What the statistics file tells of the tables that the change touches, busiest first; null where that is nothing. */
export function productionReview(
  activity: Activity | null,
  production: ProductionStatistics | null,
  head: Facts,
): Review['production'] {
  if (activity === null || production === null) return null;
  const touched = touchedRelations(head);
  const tables = [...activity.tables.values()]
    .filter(({ name }) => touched.has(name))
    .map((table) => productionTable(table, activity))
    .toSorted((a, b) => busyness(b) - busyness(a));
  if (tables.length === 0) return null;
  return {
    since: activity.counted?.since ?? null,
    wasReset: activity.counted?.from === 'reset',
    until: production.takenAt,
    tables,
  };
}

function productionTable(table: TableActivity, { indexes }: Activity): ProductionTable {
  const { name, rows, sequentialScansPerDay, indexScansPerDay, deadShare, lastVacuum, lastAnalyze } = table;
  return {
    table: name,
    rows,
    sequentialScansPerDay: rounded(sequentialScansPerDay),
    indexScansPerDay: rounded(indexScansPerDay),
    deadShare,
    lastVacuum,
    lastAnalyze,
    indexes: [...indexes]
      .filter(([, each]) => each.table === name)
      .map(([index, { scans, scansPerDay }]) => ({ name: index, scans, scansPerDay: rounded(scansPerDay) }))
      .toSorted((a, b) => b.scans - a.scans),
  };
}

function rounded(perDay: number | null): number | null {
  return perDay === null ? null : Math.round(perDay * 100) / 100;
}

function busyness({ sequentialScansPerDay, indexScansPerDay, rows }: ProductionTable): number {
  return (sequentialScansPerDay ?? 0) + (indexScansPerDay ?? 0) || rows / 1e12;
}

/**
 * Names, as they were at base, of what the change alters or locks more than a reader would. A partition's partitioned
 * table stands for it.
 */
function touchedRelations({ statements, change, schema }: Facts): ReadonlySet<string> {
  const locked = statements.flatMap(({ statement }) =>
    statement.locks.filter(({ mode }) => mode !== 'AccessShareLock').map(({ relation }) => relation),
  );
  const altered = (change?.differences ?? []).flatMap((each) => {
    const object = each.kind === 'altered' ? each.before : each.kind === 'dropped' ? each.object : null;
    const belongsTo = each.kind === 'created' && 'table' in each.object ? [each.object.table] : [];
    if (object === null) return belongsTo;
    return ['table' in object ? object.table : object.name];
  });
  const partitions = schema
    .all('table', 'partitioned table')
    .filter(({ partitionBound }) => partitionBound !== null);
  const above = new Map(partitions.map(({ name, parents: [parent] }) => [name, parent]));
  const whole = (name: string): string => {
    const parent = above.get(name);
    return parent === undefined ? name : whole(parent);
  };
  return new Set([...locked, ...altered].map(whole));
}

/** `1,200`, or `< 1` for what does not happen every day; `–` where it is not known. */
export function perDayInWords(count: number | null): string {
  if (count === null) return '–';
  return count > 0 && count < 1 ? '< 1' : formatCount(count);
}

/** `3 days ago`, as of the file: `never` where it was not counted. */
export function ageInWords(time: string | null, { until }: ProductionReview): string {
  if (time === null) return 'never';
  const days = Math.floor((Date.parse(until) - Date.parse(time)) / 86_400_000);
  return days < 1 ? 'that day' : `${formatCount(days)} ${days === 1 ? 'day' : 'days'} before`;
}

/** A share in percent; `–` where it is not known. */
export function shareInWords(share: number | null): string {
  return share === null ? '–' : timeShareInWords(share);
}

/** An index that is scanned, and how often. */
interface UsedIndex {
  readonly name: string;
  /** `1,200 a day`, or `1,200 in all` where it is not known since when. */
  readonly often: string;
}

/** Indexes that were scanned, most scanned first. */
export function usedOf({ indexes }: ProductionTable): readonly UsedIndex[] {
  return indexes
    .filter(({ scans }) => scans > 0)
    .map(({ name, scans, scansPerDay }) => ({
      name,
      often: scansPerDay === null ? `${formatCount(scans)} in all` : `${perDayInWords(scansPerDay)} a day`,
    }));
}

/** Names of indexes that were not scanned. */
export function unusedOf({ indexes }: ProductionTable): readonly string[] {
  return indexes.filter(({ scans }) => scans === 0).map(({ name }) => name);
}

/** Of which time the figures are. */
export function countedInWords({ since, wasReset, until }: ProductionReview): string {
  if (since === null) return `counted until ${dayOf(until)}, since when is not known`;
  return `counted from ${wasReset ? '' : 'at the latest '}${dayOf(since)} to ${dayOf(until)}`;
}

function dayOf(time: string): string {
  return time.slice(0, 10);
}
