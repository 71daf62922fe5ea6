import type { CapturedQuery, Query } from '../model/query.ts';
import { Differing } from './differing.ts';
import { Origins } from './origins.ts';
import { leadingNameIn } from './query-name.ts';
import type { Recognised } from './recognise.ts';
import type { Room } from './room.ts';
import { Tally } from './tally.ts';

/** How a capture counts: each execution by itself, or all of them since some time, as pg_stat_statements does. */
export type Counted = 'one by one' | 'in total';

/** Executions of a query whose values are kept. */
const keptSamples = 5;

/** What a Date can hold (ECMA-262, "Time Values and Time Range"), in milliseconds. */
const furthestTime = 8.64e15;

/** Gathers the executions of one query shape. What it holds does not grow with their number. */
export class Gathering {
  readonly #first: CapturedQuery;
  readonly #recognised: Extract<Recognised, { kind: 'query' }>;
  readonly #tallies: Readonly<Record<Counted, Tally>> = {
    'one by one': new Tally(),
    'in total': new Tally(),
  };
  #firstSeen = Number.POSITIVE_INFINITY;
  #lastSeen = Number.NEGATIVE_INFINITY;
  /** Values that its text was captured with. */
  readonly #samples: Differing<readonly unknown[]>;
  /** Texts without parameters, the first one included where it is one. */
  readonly #texts: Differing<string>;
  readonly #origins: Origins;

  /** @param room for all that is kept of it */
  constructor(first: CapturedQuery, recognised: Extract<Recognised, { kind: 'query' }>, room: Room) {
    this.#samples = new Differing(keptSamples, room);
    this.#texts = new Differing(keptSamples, room);
    this.#origins = new Origins(room);
    this.#first = first;
    this.#recognised = recognised;
  }

  add(
    captured: CapturedQuery,
    { constants }: Extract<Recognised, { kind: 'query' }>,
    counted: Counted,
  ): void {
    const { sql, params, startedAt, origin } = captured;
    this.#tallies[counted].add(captured);
    if (startedAt !== null && Math.abs(startedAt) <= furthestTime) {
      this.#firstSeen = Math.min(this.#firstSeen, startedAt);
      this.#lastSeen = Math.max(this.#lastSeen, startedAt);
    }
    // Values belong to the text that they were captured with: another text may number them differently.
    const { parameterCount } = this.#recognised;
    if (params !== null && parameterCount > 0 && sql === this.#first.sql) this.#samples.add(params, params);
    if (parameterCount === 0) this.#texts.add(constants, sql);
    this.#origins.add(origin);
  }

  get query(): Query {
    const { sql, name } = this.#first;
    const { fingerprint, parameterCount } = this.#recognised;
    const { 'one by one': single, 'in total': total } = this.#tallies;
    // A log and the totals of the same time hold the same executions: those that saw more of them are believed.
    const tally = total.calls > single.calls ? total : single;
    return {
      fingerprint,
      sql,
      name: name ?? leadingNameIn(sql),
      calls: tally.calls,
      ...tally.times,
      firstSeen: Number.isFinite(this.#firstSeen) ? this.#firstSeen : null,
      lastSeen: Number.isFinite(this.#lastSeen) ? this.#lastSeen : null,
      parameterCount,
      samples: this.#samples.items,
      texts: this.#texts.items.filter((text) => text !== sql),
      origins: this.#origins.kept,
      originsLeftOut: this.#origins.leftOut,
    };
  }
}
