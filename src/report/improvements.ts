import type { Review } from '../model/review.ts';
import type { ReviewedQuery } from '../model/reviewed-query.ts';
import { formatCount, plural } from './wording.ts';

/** By how much a plan must have become cheaper to be worth a word: a fifth, and more than the noise of small plans. */
const least = { share: 0.2, cost: 100 };

interface Improvement {
  readonly query: ReviewedQuery;
  readonly before: number;
  readonly after: number;
}

/** Queries whose plans the change makes cheaper, those that gain most first. */
function improvements({ queries, workload }: Review): readonly Improvement[] {
  const earlierCalls = new Map(
    workload?.changed.map(({ before, after }) => [after.fingerprint, before.calls]) ?? [],
  );
  return queries
    .flatMap((query): readonly Improvement[] => {
      const { base, head } = query;
      if (base === null || head === null) return [];
      // One that is sent more often than what it replaces has to be cheaper in all.
      const times = Math.max(1, query.calls / (earlierCalls.get(query.fingerprint) ?? query.calls));
      const gain = base.cost - head.cost * times;
      const isFelt = gain >= base.cost * least.share && gain >= least.cost;
      return isFelt ? [{ query, before: base.cost, after: head.cost }] : [];
    })
    .toSorted((a, b) => b.before - b.after - (a.before - a.after));
}

/** `3 queries became cheaper, most of all x, from cost 5,000 to 12`; empty where none did. The name stands between backticks. */
export function improvementRemark(review: Review): string {
  const all = improvements(review);
  const [best] = all;
  if (best === undefined) return '';
  const most = all.length === 1 ? ':' : ', most of all';
  const name = nameOf(best.query).replaceAll('`', "'");
  return `${plural(all.length, 'query', 'queries')} became cheaper${most} \`${name}\`, from cost ${formatCount(best.before)} to ${formatCount(best.after)}`;
}

/** Longest name of a query in a sentence, in characters. */
const longestName = 60;

function nameOf({ name, origin, sql }: ReviewedQuery): string {
  const text = (name ?? origin.route ?? sql).replaceAll(/\s+/g, ' ').trim();
  return text.length > longestName ? `${text.slice(0, longestName - 1).toWellFormed()}…` : text;
}
