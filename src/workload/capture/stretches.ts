import type { CapturedQuery } from '../../model/query.ts';
import type { Recognised } from '../recognise.ts';

/** The first and last of statements that follow each other, by their number in the session. */
type Range = readonly [from: number, to: number];

/** A session as far as it has come. */
interface Progress {
  next: number;
  /** The last statement about a migration tool's records. */
  lastRecords: number | null;
  /** Where the open transaction began. */
  transaction: number | null;
  isMigrating: boolean;
  /** Whether it works in a schema that the program made for itself. */
  isInOwnSchema: boolean;
  readonly ranges: Range[];
}

/** Where a statement ran. */
export interface Place {
  /** Whether the program made the database, or was given an empty one. */
  readonly isOwnDatabase: boolean;
  /** Whether it makes a schema that the project has not got, or turns to one. */
  readonly turnsToOwnSchema: boolean;
}

const reading = /^\s*(?:\(\s*)?(?:select|show|table|values)\b/i;

/**
 * Tells which statements of a program are migrations that it runs by itself: transactions in which a migration tool's
 * records are written, what stands between reading such records and writing them, and, in a database or schema that the
 * program has made, whatever defines it. What tests send before and after, through the same session, is none.
 */
export class MigrationStretches {
  readonly #sessions = new Map<string, Progress>();

  /** Whether there are any. */
  get isEmpty(): boolean {
    return [...this.#sessions.values()].every(({ ranges }) => ranges.length === 0);
  }

  add({ trace, sql }: Pick<CapturedQuery, 'trace' | 'sql'>, recognised: Recognised, place: Place): void {
    const session = this.#session(trace ?? '');
    const number = session.next;
    session.next += 1;
    session.isInOwnSchema ||= place.turnsToOwnSchema;
    const isOwn = place.isOwnDatabase || session.isInOwnSchema;
    switch (recognised.kind) {
      case 'control':
        if (recognised.control === 'begins') begin(session, number);
        if (recognised.control === 'ends') end(session, number);
        return;
      case 'query':
      case 'definition': {
        const isDefinition = recognised.kind === 'definition';
        if (recognised.isBookkeeping) {
          const isWritten = isDefinition || !reading.test(sql);
          cover(session, [isWritten ? (session.lastRecords ?? number) : number, number]);
          session.lastRecords = number;
          session.isMigrating ||= isWritten && session.transaction !== null;
        } else if (isDefinition && isOwn) {
          cover(session, [number, number]);
          session.isMigrating ||= session.transaction !== null;
        }
        return;
      }
      case 'set apart':
      case 'unchecked':
        return;
      default:
        recognised satisfies never;
    }
  }

  /** To be asked about each statement of a session once more, in the same order, when all were added. */
  replay(): { isMigration(trace: string): boolean } {
    const places = new Map<string, { number: number; range: number }>();
    return {
      isMigration: (trace) => {
        const place = places.get(trace) ?? { number: 0, range: 0 };
        places.set(trace, place);
        const { number } = place;
        place.number += 1;
        const [from, to] = this.#sessions.get(trace)?.ranges[place.range] ?? [];
        if (from === undefined || to === undefined) return false;
        if (number === to) place.range += 1;
        return from <= number;
      },
    };
  }

  #session(name: string): Progress {
    const known = this.#sessions.get(name);
    if (known !== undefined) return known;
    const session: Progress = {
      next: 0,
      lastRecords: null,
      transaction: null,
      isMigrating: false,
      isInOwnSchema: false,
      ranges: [],
    };
    this.#sessions.set(name, session);
    return session;
  }
}

function begin(session: Progress, number: number): void {
  if (session.transaction !== null) return;
  session.transaction = number;
  session.isMigrating = false;
}

function end(session: Progress, number: number): void {
  if (session.isMigrating && session.transaction !== null) cover(session, [session.transaction, number]);
  session.transaction = null;
  session.isMigrating = false;
}

/** Adds a range, and makes one of those that it touches. */
function cover({ ranges }: Progress, [from, to]: Range): void {
  let first = from;
  for (let last = ranges.at(-1); last !== undefined && last[1] >= first - 1; last = ranges.at(-1)) {
    first = Math.min(first, last[0]);
    ranges.pop();
  }
  ranges.push([first, to]);
}
