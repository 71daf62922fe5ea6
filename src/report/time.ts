import type { Query, QueryLoad } from '../model/query.ts';
import type { Review } from '../model/review.ts';
import type { ReviewedQuery } from '../model/reviewed-query.ts';
import { formatSeconds } from './durations.ts';
import { formatCount, plural } from './wording.ts';

/** What a query takes of the database's time, and how every rendering of a review words it. */

/** Milliseconds of all executions of a capture whose time it tells. */
export function capturedTime(queries: readonly Query[]): number {
  return queries.reduce((sum, { totalMilliseconds }) => sum + (totalMilliseconds ?? 0), 0);
}

/**
 * @param all milliseconds of the whole capture
 * @param loads what production spends, by fingerprint
 */
export function timeOf(
  { totalMilliseconds: milliseconds, meanMilliseconds, fingerprint }: Query,
  all: number,
  loads: ReadonlyMap<string, QueryLoad>,
): ReviewedQuery['time'] {
  const load = loads.get(fingerprint);
  return {
    captured:
      milliseconds === null || meanMilliseconds === null
        ? null
        : { milliseconds, meanMilliseconds, share: all === 0 ? null : milliseconds / all },
    production:
      load === undefined
        ? null
        : {
            milliseconds: load.milliseconds,
            share: load.share,
            calls: load.calls,
            callsPerSecond: load.callsPerSecond,
          },
  };
}

/** When executions were captured, and what they returned or changed. */
export function seenOf({
  rows,
  firstSeen,
  lastSeen,
}: Query): Pick<ReviewedQuery, 'rows' | 'firstSeen' | 'lastSeen'> {
  return { rows, firstSeen: instant(firstSeen), lastSeen: instant(lastSeen) };
}

function instant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : new Date(milliseconds).toISOString();
}

/** `12%`; `< 1%` for little. */
export function timeShareInWords(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? '< 1%' : `${Math.round(percent)}%`;
}

/** The column of a list of queries that tells the share of time which each takes. */
interface ShareColumn {
  readonly title: string;
  /** `12%`; `–` where it is not known of a query. */
  readonly of: (query: ReviewedQuery) => string;
}

/** Of production's time, where that is known of any query, or else of the capture's; null where neither is. */
export function shareColumn({ queries }: Pick<Review, 'queries'>): ShareColumn | null {
  const column = (title: string, where: keyof ReviewedQuery['time']): ShareColumn | null => {
    const shareOf = ({ time }: ReviewedQuery) => time[where]?.share ?? null;
    if (queries.every((query) => shareOf(query) === null)) return null;
    const of = (query: ReviewedQuery) => {
      const share = shareOf(query);
      return share === null ? '–' : timeShareInWords(share);
    };
    return { title, of };
  };
  return column('Time in production', 'production') ?? column('Time in the capture', 'captured');
}

/**
 * What is spent on a query: `12% of the time of all queries in production: 3.2 calls a second, 14 ms each`. Empty where
 * it is not known.
 */
export function timeInWords({ calls, time: { production, captured } }: ReviewedQuery): string {
  if (production !== null) {
    const { share, callsPerSecond, milliseconds } = production;
    const often =
      callsPerSecond === null ? plural(production.calls, 'call') : `${rateInWords(callsPerSecond)} a second`;
    return `${ofAll(share, 'in production')}${often}, ${production.calls === 0 ? 'never called' : meanInWords(milliseconds / production.calls)}`;
  }
  if (captured === null) return '';
  const { share, meanMilliseconds } = captured;
  return `${ofAll(share, 'in the capture')}${plural(calls, 'call')}, ${meanInWords(meanMilliseconds)}`;
}

function ofAll(share: number | null, where: string): string {
  return share === null ? `${where}: ` : `${timeShareInWords(share)} of the time of all queries ${where}: `;
}

function meanInWords(milliseconds: number): string {
  return `${formatSeconds(milliseconds / 1000)} each`;
}

/** `3.2 calls`, `1,200 calls`. */
function rateInWords(callsPerSecond: number): string {
  if (callsPerSecond >= 10) return `${formatCount(callsPerSecond)} calls`;
  return `${Number(callsPerSecond.toPrecision(2))} calls`;
}
