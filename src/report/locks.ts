import type { DeployReview } from '../model/deploy.ts';
import { modeInWords } from '../model/observation.ts';
import { formatRange, formatSeconds } from './durations.ts';
import { formatBytes, formatCount, plural } from './wording.ts';

/** Sentences about the locks of a deploy, which every rendering of a review holds. Names are between backticks. */

type LockReview = DeployReview['locks'][number];

const shownNames = 3;

/** The lock's mode: `ACCESS EXCLUSIVE`, and the index that it is on, if it is on one. */
export function lockInWords({ mode, index }: LockReview): string {
  return index === null ? modeInWords(mode) : `${modeInWords(mode)} on the index ${quoted(index)}`;
}

/** `GET /orders, POST /orders, jobs/bill.ts:4 +2`: those that ask most often first. */
export function whoWaits({ waiting }: LockReview): string {
  const names = [...new Set(waiting.map(({ name }) => name))];
  const rest = names.length - shownNames;
  return `${names.slice(0, shownNames).map(quoted).join(', ')}${rest > 0 ? ` +${rest}` : ''}`;
}

/** What becomes of the requests that arrive in that time; empty where nothing is known of how many there are. */
export function queueInWords(lock: LockReview, { pool }: DeployReview): string {
  const { queued, waiting, poolExhaustedAfter } = lock;
  if (queued === null || queued[1] < 1) return '';
  const arrivals = waiting.reduce((sum, { callsPerSecond }) => sum + (callsPerSecond ?? 0), 0);
  const rate = arrivals < 1 ? `${formatCount(arrivals * 60)} a minute` : `${formatCount(arrivals)} a second`;
  const count = countRange(queued);
  const queue = `${count} ${count === '1' ? 'request queues' : 'requests queue'} at ${rate}`;
  return pool !== null && poolExhaustedAfter !== null
    ? `${queue}, and a pool of ${pool} is exhausted after ${formatSeconds(poolExhaustedAfter)}`
    : queue;
}

/** `public.orders: ACCESS EXCLUSIVE for 40 s to 3 min; 4 queries wait: ...`. */
export function lockSentence(lock: LockReview, deploy: DeployReview): string {
  const { relation, seconds, waiting } = lock;
  const count = waiting.length;
  const parts = [
    `${quoted(relation)}: ${lockInWords(lock)} for ${formatRange(seconds)}`,
    count === 0
      ? 'no captured query waits'
      : `${plural(count, 'query', 'queries')} ${count === 1 ? 'waits' : 'wait'}: ${whoWaits(lock)}`,
    queueInWords(lock, deploy),
  ];
  return parts.filter((part) => part !== '').join('; ');
}

/** What the estimates rest on, and what they leave out. */
export function assumptions({ throughput: { read, write, indexRows, changedRows } }: DeployReview): string {
  return [
    `Assuming that production reads ${byteRange(read)} a second and writes ${byteRange(write)}`,
    `that ${countRange(indexRows)} rows a second enter an index, and that ${countRange(changedRows)} are changed`,
    'stated under `throughput` in the configuration. Waiting for a lock comes on top.',
  ].join('; ');
}

function byteRange([low, high]: readonly [number, number]): string {
  return low === high ? formatBytes(low) : `${formatBytes(low)} to ${formatBytes(high)}`;
}

function countRange([low, high]: readonly [number, number]): string {
  const [from, to] = [formatCount(low), formatCount(high)];
  return from === to ? to : `${from} to ${to}`;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', "'")}\``;
}
