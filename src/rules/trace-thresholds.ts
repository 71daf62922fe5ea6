import type { Threshold } from './threshold.ts';

const roundTrips =
  'a round trip takes half a millisecond within a data centre and several across one, and the number grows with the data';

export const traceThresholds = {
  'trace/n-plus-one': {
    levels: { low: 5, medium: 10, high: 50, critical: 500 },
    of: 'executions of one query in one trace, each for another row of an earlier one',
    reason: `${roundTrips}; below five it is mostly a page with a few fixed parts`,
  },
  'trace/repeated-sequence': {
    levels: { low: 3, medium: 10, high: 50, critical: 500 },
    of: 'repetitions of a sequence of queries in one trace',
    reason: roundTrips,
  },
  'trace/duplicate-query': {
    levels: { low: 2, medium: 10, high: 100 },
    of: 'executions of a query with the same values in one trace',
    reason: 'each but the first asks for what is known already; ten of them are a loop that nobody meant',
  },
  'trace/consecutive-queries': {
    levels: { low: 100, medium: 500, high: 2_000 },
    of: 'milliseconds that would be saved if they ran side by side',
    reason: 'a tenth of a second is noticed; below, the code is simpler as it is',
  },
  'trace/long-transaction': {
    levels: { low: 500, medium: 1_000, high: 5_000, critical: 30_000 },
    of: 'milliseconds of a transaction in which the database is not asked for anything',
    reason:
      'its locks and its snapshot are held all the while, and so is a connection of the pool; a second of waiting for something else is a call over the network',
  },
  'trace/chatty-transaction': {
    levels: { low: 10, medium: 30, high: 200 },
    of: 'transactions of one writing statement each, in one trace',
    reason:
      'each commit waits for the disk, and what belongs together is written in part when one of them fails',
  },
  'trace/query-count-regression': {
    levels: { low: 2, medium: 10, high: 50, critical: 500 },
    of: 'queries that a route sends more than at base, where it is half as many again',
    reason: roundTrips,
  },
  'trace/eager-load-explosion': {
    levels: { low: 1_000, medium: 10_000, high: 100_000, critical: 1_000_000 },
    of: 'rows that one query returned, at least ten times as many as it has rows of its first table',
    reason: 'all of them are sent, and most of what they hold is said again and again',
  },
  'trace/slow-span': {
    levels: { low: 500, medium: 2_000, high: 10_000, critical: 60_000 },
    of: 'milliseconds that one execution took where it was captured',
    reason: 'half a second is what tracing tools call slow; after a minute most callers have given up',
  },
} as const satisfies Readonly<Record<string, Threshold>>;
