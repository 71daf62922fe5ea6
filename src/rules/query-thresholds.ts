import type { Threshold } from './threshold.ts';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

export const queryThresholds = {
  'query/rows-read': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows fetched by all scans of one execution',
    reason:
      'reading is what a query mostly does; three million narrow rows in memory took one process a sixth of a second',
  },
  'query/rows-filtered': {
    levels: { low: 10_000, medium: 50_000, high: 250_000, critical: 250_000 },
    of: 'rows read and thrown away',
    reason: 'an index could have left them alone; below ten thousand it is hardly felt',
  },
  'query/rows-returned': {
    levels: { low: 1_000, medium: 10_000, high: 100_000, critical: 1_000_000 },
    of: 'rows that reach the client',
    reason: 'nobody reads a thousand rows of a page; the client holds them all in memory',
  },
  'query/result-size': {
    levels: { low: MB, medium: 10 * MB, high: 100 * MB, critical: GB },
    of: 'bytes of the result',
    reason: 'the network and the memory of the client carry them',
  },
  'query/columns-returned': {
    levels: { low: 25, medium: 50, high: 100 },
    of: 'columns of the result',
    reason: 'few readers need so many; each keeps an index-only scan from being possible',
  },
  'query/tables-joined': {
    levels: { low: 6, medium: 8, high: 12 },
    of: 'distinct relations',
    reason:
      'estimates multiply their errors, and beyond eight (join_collapse_limit) the order of joins is no longer searched',
  },
  'query/rows-sorted': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows that enter sorts',
    reason: 'sorting costs more than reading, and holds the first row back until the last is read',
  },
  'query/optimizer-cost': {
    levels: { low: 10_000, medium: 100_000, high: 400_000, critical: 1_000_000 },
    of: 'total cost of the plan',
    reason: 'cost is no time: 10,000 is the price of reading 78 MB in sequence (seq_page_cost is 1 for 8 kB)',
  },
  'query/function-on-column': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows read by the scan',
    reason: 'as for rows read: that is what the unused index would have saved',
  },
  'query/like-leading-wildcard': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows read by the scan',
    reason: 'as for rows read: every one is compared with the pattern',
  },
  'query/temporary-files': {
    levels: { medium: 16 * MB, high: 256 * MB },
    of: 'bytes that do not fit in memory',
    reason: 'a few megabytes stay in the page cache; more is written to disk and read again',
  },
  'query/plan-regression': {
    levels: { medium: 1_000, high: 20_000, critical: 200_000 },
    of: 'cost added, where the cost grew by half at least',
    reason: 'below a thousand the difference is worth less than reading 8 MB in sequence, whatever its ratio',
  },
  'query/lost-index': {
    levels: { low: 0, medium: 10_000, high: 50_000, critical: 250_000 },
    of: 'rows that are read instead',
    reason: 'as for rows that are filtered, which these now are: an index had left them alone',
  },
} as const satisfies Readonly<Record<string, Threshold>>;
