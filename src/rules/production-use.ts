import { isDeepStrictEqual } from 'node:util';
import type { Levels } from '../config/config.ts';
import type { Index } from '../model/catalogue.ts';
import type { Evidence, Severity } from '../model/insight.ts';
import type { IndexObject } from '../model/schema.ts';
import { unquoted } from '../sql/identifier.ts';
import type { CountedTime, IndexActivity } from '../statistics/activity.ts';
import type { Facts } from './facts.ts';
import { milder, severityAt } from './severity.ts';

/**
 * Scans a day of an index that is gone. One a day is a job somebody waits for in the morning, a thousand are a page that
 * people open, and a hundred thousand are more than one a second, each of which would read the table instead.
 */
const droppedScansPerDay: Levels = { low: 1, medium: 1_000, high: 100_000 };

/**
 * Days that counters may have counted where nobody knows since when: a major version is supported for five years
 * (PostgreSQL versioning policy), and the next one begins with counters of its own.
 */
const longestCounted = 5 * 365;

/** What production was seen to do with an index that the change drops; null where the file does not tell. */
export interface ProductionUse {
  readonly severity: Severity;
  readonly figures: Evidence['facts'];
}

export function useOfDropped(facts: Facts, dropped: IndexObject): ProductionUse | null {
  const activity = facts.activityBefore?.indexes.get(dropped.name);
  const counted = facts.activityBefore?.counted ?? null;
  if (activity === undefined || counted === null || goesWithTable(facts, dropped)) return null;
  const { scans, scansPerDay } = activity;
  const successor = successorOf(facts, dropped, activity);
  // What is as dear as ever once it is gone was no loss.
  const worst: Severity =
    successor?.likeness === 'the same' ? 'healthy' : successor === null ? 'critical' : 'low';
  const often = scansPerDay !== null && scansPerDay >= 1;
  return {
    severity: milder(severityAt(droppedScansPerDay, scansPerDay ?? scans / longestCounted), worst),
    figures: {
      scansPerDay: often ? Math.round(scansPerDay) : null,
      scans: often ? null : scans,
      since: sinceWhen(counted, scans),
      until: dateOf(counted.until),
      successor: successor?.name ?? null,
    },
  };
}

/** The facts of a finding about which production has nothing to say. */
export const unknownUse: Evidence['facts'] = {
  scansPerDay: null,
  scans: null,
  since: null,
  until: null,
  successor: null,
};

/** How often production scanned each of two indexes, or nulls where that is not known of both. */
export function scansOfBoth(facts: Facts, one: IndexObject, other: IndexObject): Evidence['facts'] {
  const activity = facts.activity;
  const scans = activity?.indexes.get(one.name)?.scans ?? null;
  const otherScans = activity?.indexes.get(other.name)?.scans ?? null;
  const counted = activity?.counted ?? null;
  if (scans === null || otherScans === null || counted === null) {
    return { scans: null, otherScans: null, since: null, until: null };
  }
  return {
    scans,
    otherScans,
    since: sinceWhen(counted, scans + otherScans),
    until: dateOf(counted.until),
  };
}

/** Counters that were never reset have seen nothing for a time at least, or something at a time nobody knows. */
function sinceWhen({ from, since }: CountedTime, scans: number): string {
  return from === 'at the latest' && scans > 0 ? 'an unknown day' : dateOf(since);
}

/** The day of a time: `2026-12-31`. */
export function dateOf(time: string): string {
  return time.slice(0, 10);
}

/** Then that is what there is to tell. */
function goesWithTable(facts: Facts, { table, keys }: IndexObject): boolean {
  return (facts.change?.differences ?? []).some((each) => {
    if (each.kind !== 'dropped') return false;
    const { object } = each;
    if (object.kind === 'column') return object.table === table && unquoted(keys[0] ?? '') === object.name;
    return object.name === table && !('table' in object);
  });
}

interface Successor {
  readonly name: string;
  readonly likeness: 'the same' | 'begins with it';
}

/** An index of head that can serve the scans of one that is gone. */
function successorOf(facts: Facts, { table }: IndexObject, { index }: IndexActivity): Successor | null {
  const name = nameAtHead(facts, table);
  const objects = facts.schema.on(name, 'index').filter(({ valid }) => valid);
  const found = (facts.table(name)?.indexes ?? []).flatMap((other): readonly Successor[] => {
    const object = objects.find((each) => each.name.endsWith(`.${other.name}`));
    const likeness = likenessOf(index, other);
    return object === undefined || likeness === null ? [] : [{ name: object.name, likeness }];
  });
  return found.find(({ likeness }) => likeness === 'the same') ?? found[0] ?? null;
}

function nameAtHead(facts: Facts, table: string): string {
  const renamed = (facts.change?.differences ?? []).find(
    (each) => each.kind === 'altered' && each.before.name === table && !('table' in each.before),
  );
  return renamed?.kind === 'altered' ? renamed.after.name : table;
}

function likenessOf(gone: Index, other: Index): Successor['likeness'] | null {
  const isWider = other.predicate === null || other.predicate === gone.predicate;
  const begins = gone.keys.every((key, place) => isDeepStrictEqual(key, other.keys[place]));
  if (gone.method !== other.method || !isWider || !begins) return null;
  const holds = (column: string) =>
    other.included.includes(column) || other.keys.some((key) => key.column === column);
  const isWhole = gone.keys.length === other.keys.length && gone.predicate === other.predicate;
  if (isWhole && gone.included.every(holds)) return 'the same';
  // Only a btree serves for where it begins.
  return isWhole || gone.method === 'btree' ? 'begins with it' : null;
}
