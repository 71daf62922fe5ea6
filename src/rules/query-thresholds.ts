import type { Threshold } from './threshold.ts';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

export const queryThresholds = {
  'query/rows-read': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows fetched by all scans of one execution',
    reason:
      'reading is what a query mostly does; three million narrow rows in memory took one process a sixth of a second. From medium on it is one step worse where 99 % of them are thrown away and a hundred times as many are read as returned: then hardly any had to be read',
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
  'query/row-estimate-off': {
    levels: { low: 10, medium: 100, high: 1_000 },
    of: 'times more or fewer rows than expected',
    reason: 'as plan viewers have it: within ten times, plans rarely differ',
  },
  'query/heap-fetches': {
    levels: { low: 1_000, medium: 10_000, high: 100_000 },
    of: 'rows looked up in the table',
    reason: 'each may be a page read at random; below a thousand it is hardly felt',
  },
  'query/nested-loop-over-scan': {
    levels: { low: 100_000, medium: 1_000_000, high: 10_000_000, critical: 100_000_000 },
    of: 'pairs of rows that the loop looks at',
    reason:
      'a comparison costs a quarter of reading a row (cpu_operator_cost, cpu_tuple_cost), and a loop makes one for every pair',
  },
  'query/implicit-cast': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows read by the scan',
    reason: 'as for rows read: that is what the unused index would have saved',
  },
  'query/offset-pagination': {
    levels: { low: 1_000, medium: 10_000, high: 100_000, critical: 1_000_000 },
    of: 'rows passed over',
    reason: 'they are read, joined and sorted like those that are returned, and then dropped',
  },
  'query/not-in-subquery': {
    levels: { low: 100_000, medium: 1_000_000, high: 10_000_000, critical: 100_000_000 },
    of: 'pairs of rows that are compared',
    reason: 'as for nested loops: without a hash table, each row is compared with the whole list',
  },
  'query/cte-rescanned': {
    levels: { low: 100_000, medium: 1_000_000, high: 10_000_000, critical: 100_000_000 },
    of: 'rows read from the stored result, by all scans together',
    reason: 'they are kept in memory up to work_mem and in a file from there, and have no index',
  },
  'query/correlated-subquery': {
    levels: { low: 10_000, medium: 100_000, high: 400_000, critical: 1_000_000 },
    of: 'cost of all executions of the subquery',
    reason:
      'as for the cost of a whole query; a few lookups through an index are cheap and no reason to rewrite',
  },
  'query/cartesian-join': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows of the product',
    reason: 'it grows with both tables at once; a product with a few rows is mostly meant',
  },
  'query/aggregate-fan-out': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows that the joins hand to the aggregate',
    reason:
      'all but a few of them are repetitions; where counts and sums are repeated as well it is medium at least, since they are wrong',
  },
  'query/distinct-after-join': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows that the join hands to DISTINCT, where it leaves half of them at most',
    reason: 'as for rows that are sorted: each is compared or hashed to be thrown away',
  },
  'query/unbounded-result': {
    levels: { medium: 10_000, high: 1_000_000 },
    of: 'rows returned',
    reason: 'no condition and no LIMIT bounds them: the result is as large as the table and grows with it',
  },
  'query/order-by-random': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows that are sorted at random',
    reason: 'as for rows that are sorted, and no index can ever deliver this order',
  },
  'query/large-in-list': {
    levels: { low: 100, medium: 1_000, high: 10_000 },
    of: 'values in the longest list',
    reason:
      'a list of another length is another statement to parse, plan and cache; a hundred is where others draw the line',
  },
  'query/or-across-tables': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows, or pairs of them, for which the OR is decided',
    reason:
      'as for rows read: with a condition on each table alone, an index would have left most of them out',
  },
  'query/partitions-not-pruned': {
    levels: { low: 16, medium: 64, high: 256 },
    of: 'partitions read',
    reason:
      'a backend keeps 16 relation locks on the fast path up to PostgreSQL 17; each partition is planned, locked and searched. Where the key is wrapped in an expression, the rows read count as well',
  },
  'query/jsonb-without-gin': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows whose document is looked into',
    reason: 'as for rows read, and each document is unpacked',
  },
  'query/locks-unindexed-rows': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows read in sequence to find those to lock',
    reason: 'as for rows read; others wait for the rows that were locked first until the last is found',
  },
  'query/write-scans-table': {
    levels: { low: 10_000, medium: 100_000, high: 1_000_000, critical: 10_000_000 },
    of: 'rows read in sequence that are not changed, where they are half of those read at least',
    reason: 'as for rows read; rows that were changed first stay locked until the last is found',
  },
  'query/wrong-index-for-limit': {
    levels: { low: 10_000, medium: 50_000, high: 250_000, critical: 1_000_000 },
    of: 'rows expected to be read in order and thrown away before the LIMIT is reached',
    reason: 'as for rows filtered; the expectation supposes that matches are spread evenly over the index',
  },
  'query/jit-overhead': {
    levels: { low: 0.1, medium: 0.25, high: 0.5 },
    of: 'share of the time that compiling is expected to take, where the plan is costly enough to be compiled',
    reason: 'below a tenth it is hardly felt, and compiled expressions may win it back',
  },
  'query/write-without-where': {
    levels: { low: 1, medium: 1_000, high: 100_000, critical: 1_000_000 },
    of: 'rows of the table',
    reason: 'all of them are locked until the end, written to the WAL, and left dead for vacuum',
  },
  'query/unused-join': {
    levels: { low: 1_000, medium: 100_000, high: 1_000_000 },
    of: 'rows read from the joined table',
    reason: 'as for rows read, from a thousand on, since none of them is needed',
  },
  'query/plan-regression': {
    levels: { medium: 1_000, high: 20_000, critical: 200_000 },
    of: 'cost added, where the cost grew by half at least',
    reason: 'below a thousand the difference is worth less than reading 8 MB in sequence, whatever its ratio',
  },
  'query/parameter-sensitive-plan': {
    levels: { medium: 10_000, high: 100_000, critical: 1_000_000 },
    of: 'cost of the worst values beyond that of the best, where it is ten times as much at least',
    reason:
      'below ten thousand, the price of reading 78 MB in sequence, nobody waits for the worst values either',
  },
  'query/lost-index': {
    levels: { low: 0, medium: 10_000, high: 50_000, critical: 250_000 },
    of: 'rows that are read instead',
    reason: 'as for rows that are filtered, which these now are: an index had left them alone',
  },
  'query/missing-index': {
    levels: { low: 100, medium: 1_000, high: 20_000, critical: 200_000 },
    of: 'cost that one execution saves',
    reason:
      'as for a plan that got worse: a share says little, since nine tenths of what is next to nothing are next to nothing',
  },
} as const satisfies Readonly<Record<string, Threshold>>;
