import { type EarlierWorkload, type Query, unknownOrigin } from '../model/query.ts';
import type { Review } from '../model/review.ts';
import type { SentQuery } from '../model/reviewed-query.ts';
import { plural } from './wording.ts';

/** How the queries of head differ from those of the base, and how every rendering of a review words it. */

export type WorkloadReview = NonNullable<Review['workload']>;

/** Null where the workload of the base is not known. */
export function workloadReview(
  queries: readonly Query[],
  { gone, replaced, added, traces }: EarlierWorkload,
): WorkloadReview | null {
  if (traces === null) return null;
  const taken = new Set([...replaced.values()].map(({ fingerprint }) => fingerprint));
  const isNew = ({ fingerprint }: Query) => added.has(fingerprint) && !replaced.has(fingerprint);
  return {
    unchanged: queries.filter(({ fingerprint }) => !added.has(fingerprint)).length,
    added: queries.filter(isNew).map(sent),
    gone: gone.filter(({ fingerprint }) => !taken.has(fingerprint)).map(sent),
    changed: queries.flatMap((query) => {
      const earlier = replaced.get(query.fingerprint);
      return earlier === undefined ? [] : [{ before: sent(earlier), after: sent(query) }];
    }),
  };
}

function sent({ fingerprint, name, sql, calls, origins: [origin] }: Query): SentQuery {
  return { fingerprint, name, sql, calls, origin: origin ?? unknownOrigin };
}

/** `2 queries added, 1 gone, 3 changed`; empty where nothing is otherwise, or it is not known. */
export function workloadInWords(workload: Review['workload']): string {
  if (workload === null) return '';
  const parts = [
    [workload.added.length, 'added'],
    [workload.gone.length, 'gone'],
    [workload.changed.length, 'changed'],
  ] as const;
  const told = parts.filter(([count]) => count > 0);
  return told
    .map(([count, what], index) => `${index === 0 ? plural(count, 'query', 'queries') : count} ${what}`)
    .join(', ');
}

/** Longest name of a query in a list, in characters. */
const longestName = 80;

/** How a query is called in a list: its name, route or text. */
export function sentName({ name, origin, sql }: Pick<SentQuery, 'name' | 'origin' | 'sql'>): string {
  const text = (name ?? origin.route ?? sql).replaceAll(/\s+/g, ' ').trim();
  return text.length > longestName ? `${text.slice(0, longestName - 1).toWellFormed()}…` : text;
}
