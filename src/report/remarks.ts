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
export function sizesRemark({ statistics }: Review): string {
  const { imported, takenAt, declared, assumed, assumedRows } = statistics;
  const parts = [
    { tables: imported, how: `imported${takenAt === null ? '' : `, as of ${takenAt.slice(0, 10)}`}` },
    { tables: declared, how: 'declared' },
    { tables: assumed, how: `assumed at ${formatCount(assumedRows)} rows` },
  ].filter(({ tables }) => tables.length > 0);
  const [first, ...rest] = parts;
  if (first === undefined) return 'sizes of 0 tables declared';
  return [
    `sizes of ${plural(first.tables.length, 'table')} ${first.how}`,
    ...rest.map(({ tables, how }) => `of ${tables.length} ${how}`),
  ].join(', ');
}

/** Tables of unknown size among tables whose size is known; empty where all or none are. */
export function assumedRemark({ statistics: { imported, declared, assumed } }: Review): string {
  if (assumed.length === 0 || imported.length + declared.length === 0) return '';
  const named = assumed.slice(0, namedTables).join(', ');
  const more = assumed.length - namedTables;
  return `assumed size: ${named}${more > 0 ? ` and ${more} more` : ''}`;
}

/** Tables that a sentence names; review.json has all of them. */
const namedTables = 5;

/** Planner settings that are not PostgreSQL's defaults; empty where there are none. */
export function settingsRemark({ settings }: Review): string {
  const other = settings.filter(({ isDefault }) => !isDefault);
  if (other.length === 0) return '';
  return `planner settings: ${other.map(({ name, value }) => `${name} = ${value}`).join(', ')}`;
}
