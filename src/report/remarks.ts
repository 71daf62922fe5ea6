import type { Review } from '../model/review.ts';
import { formatCount, plural } from './wording.ts';

/** Sentences that every rendering of a review holds. */

/** How much was there before the change; empty where nothing was. */
export function existingRemark({ insights }: Review): string {
  const count = insights.filter(({ origin }) => origin === 'existing').length;
  if (count === 0) return '';
  return `${plural(count, 'insight')} existed before the change and ${count === 1 ? 'does' : 'do'} not count.`;
}

/** How much is suppressed; empty where nothing is. */
export function suppressedRemark({ counts: { suppressed } }: Review): string {
  if (suppressed === 0) return '';
  return `${plural(suppressed, 'insight')} ${suppressed === 1 ? 'is' : 'are'} suppressed and ${suppressed === 1 ? 'does' : 'do'} not count.`;
}

/** Where the sizes come from that plans and severities rest on. */
export function sizesRemark({ statistics: { declared, assumed, assumedRows } }: Review): string {
  const at = `assumed at ${formatCount(assumedRows)} rows`;
  if (assumed.length === 0) return `sizes of ${plural(declared.length, 'table')} declared`;
  if (declared.length === 0) return `sizes of ${plural(assumed.length, 'table')} ${at}`;
  return `sizes of ${plural(declared.length, 'table')} declared, of ${assumed.length} ${at}`;
}
