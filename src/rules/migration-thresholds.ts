import type { Threshold } from './threshold.ts';

const gigabyte = 1024 ** 3;

/** Where requests begin to suffer from a lock. */
const waiting =
  'a page that takes two seconds longer is noticed, after fifteen people and load balancers give up, and a minute is an outage';

export const migrationThresholds = {
  'migration/blocking-index-build': {
    levels: { low: 0, medium: 2, high: 15, critical: 60 },
    of: 'seconds that it is expected to take at most',
    reason: waiting,
  },
  'migration/table-rewrite': {
    levels: { low: 0, medium: 1, high: 8, critical: 30 },
    of: 'seconds that it is expected to take at most',
    reason: `${waiting}; here even readers wait, so each begins at half the time`,
  },
  'migration/blocking-scan': {
    levels: { low: 0, medium: 2, high: 15, critical: 60 },
    of: 'seconds that it is expected to take at most',
    reason: waiting,
  },
  'migration/blocking-refresh': {
    levels: { low: 0, medium: 2, high: 15, critical: 60 },
    of: 'seconds that it is expected to take at most',
    reason: waiting,
  },
  'migration/lock-held-across-statements': {
    levels: { low: 0.5, medium: 2, high: 15, critical: 60 },
    of: 'seconds that the statement is expected to take at most',
    reason: waiting,
  },
  'migration/backfill-under-lock': {
    levels: { low: 0.1, medium: 1, high: 8, critical: 30 },
    of: 'seconds that the statement is expected to take at most',
    reason: waiting,
  },
  'migration/explicit-lock': {
    levels: { low: 0, medium: 0.005, high: 15, critical: 60 },
    of: 'seconds that the table is expected to be locked at most',
    reason: 'a lock for which there is no need is one too many, however short it is',
  },
  'migration/plan-gap': {
    levels: { medium: 1_000, high: 20_000, critical: 200_000 },
    of: 'cost of the query in between, beyond what it costs at base and at head',
    reason: 'as for a plan that became more expensive; that it ends again helps nobody who asks meanwhile',
  },
  'migration/query-fails-in-between': {
    levels: { medium: 0, high: 10, critical: 1_000 },
    of: 'requests that are expected to fail at most',
    reason: 'each is an error that somebody sees; a thousand are an outage',
  },
  'migration/deploy-lock-budget': {
    levels: { medium: 30, high: 120, critical: 600 },
    of: 'seconds that the table is expected to be locked at most, over all transactions',
    reason: 'each transaction may be bearable; half a minute in sum is what people notice of a deploy',
  },
  'migration/unbatched-backfill': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows that it is expected to change',
    reason: 'below a hundred thousand a transaction is over within seconds',
  },
  'migration/truncates': {
    levels: { low: 0, medium: 1, high: 10_000, critical: 1_000_000 },
    of: 'rows of the largest table that is emptied',
    reason: 'they are lost; so many cannot be typed in again',
  },
  'migration/wide-lock-set': {
    levels: { low: 3, medium: 4, high: 8 },
    of: 'tables that one transaction locks against writes',
    reason: 'every further table multiplies the transactions that can be in the way',
  },
  'migration/repeated-locks': {
    levels: { low: 0, medium: 1_000_000 },
    of: 'rows of the table',
    reason: 'going through fewer a second time takes no time worth mentioning',
  },
  'migration/blocking-index-drop': {
    levels: { low: 0, medium: 1_000_000 },
    of: 'rows of the table',
    reason: 'rows stand for traffic, and for how long the queries run that are in the way',
  },
  'migration/blocking-detach': {
    levels: { low: 0, medium: 1_000_000 },
    of: 'rows of the partitioned table',
    reason: 'rows stand for traffic, and for how long the queries run that are in the way',
  },
  'migration/locks-other-tables': {
    levels: { low: 0, medium: 1_000_000 },
    of: 'rows of the table',
    reason: 'rows stand for traffic, and for how long the queries run that are in the way',
  },
  'migration/drops-column': {
    levels: { low: 0, medium: 1_000 },
    of: 'rows of the table',
    reason:
      'each loses a value that only a backup brings back; a step worse where captured queries use the column',
  },
  'migration/drops-table': {
    levels: { low: 0, medium: 1, high: 1_000_000 },
    of: 'rows of the largest table that is dropped',
    reason: 'they are lost; a step worse where captured queries use the table',
  },
  'migration/narrowing-type': {
    levels: { low: 0, medium: 1_000 },
    of: 'rows of the table',
    reason:
      'among a thousand rows one is likely to be beyond the new bounds; a step worse where it is changed silently',
  },
  'migration/missing-analyze': {
    levels: { low: 1_000, medium: 1_000_000 },
    of: 'rows of the table',
    reason:
      'a wrong estimate costs as much as the plan that it leads to reads; a step milder where autovacuum will mend it',
  },
  'migration/rewrite-headroom': {
    levels: { low: gigabyte, medium: 10 * gigabyte, high: 100 * gigabyte },
    of: 'bytes of the tables that are rewritten, without their indexes',
    reason:
      'ten gigabytes are more than what is usually left over for WAL and replication slots (max_wal_size is 1 GB)',
  },
  'migration/index-dropped-in-use': {
    levels: { low: 100, medium: 1_000, high: 20_000, critical: 200_000 },
    of: 'cost that the queries gain which used the index, together',
    reason: 'as for plan-regression: below a thousand it is worth less than reading 8 MB in sequence',
  },
  'trace/n-plus-one-writes': {
    levels: { low: 5, medium: 20, high: 1_000, critical: 100_000 },
    of: 'statements that production is expected to run',
    reason:
      'each is a round trip of a millisecond or so, and all are in one transaction, which holds every lock until the last',
  },
} as const satisfies Readonly<Record<string, Threshold>>;
