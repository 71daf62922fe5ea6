import type { Threshold } from './threshold.ts';

const MB = 1024 ** 2;
const GB = 1024 ** 3;

export const schemaThresholds = {
  'schema/alignment': {
    levels: { low: 64 * MB, medium: 8 * GB },
    of: 'bytes of padding in all rows of the table',
    reason: 'less is no matter for a disk or a cache; the order of columns cannot be changed later',
  },
  'schema/autovacuum-disabled': {
    levels: { low: 0, medium: 10_000, high: 10_000_000 },
    of: 'rows of the table',
    reason:
      'what few rows leave behind is soon read; many need vacuuming for space, statistics and transaction ids',
  },
  'schema/duplicate-index': {
    levels: { low: 0, medium: 100_000 },
    of: 'rows of the table, where another index is the very same',
    reason: 'rows stand for writes, each of which enters one index too many',
  },
  'schema/foreign-key-without-index': {
    levels: { low: 1_000, medium: 100_000, high: 10_000_000 },
    of: 'rows of the referencing table',
    reason:
      'all are read for each referenced row that goes; ten million take seconds, and a thousand nothing',
  },
  'schema/index-without-reader': {
    levels: { low: 0, medium: 64 * MB, high: 8 * GB },
    of: 'bytes of the index',
    reason: 'they stand for the rows that enter it; a few megabytes are no matter for a disk or a cache',
  },
  'schema/primary-key': {
    levels: { low: 0.001, medium: 0.01, high: 0.1, critical: 0.5 },
    of: 'share of the numbers that its rows use up, where their count is known',
    reason: 'a table that has grown to a tenth of what is possible can get to the end within months',
  },
  'schema/too-many-indexes': {
    levels: { low: 8, medium: 12, high: 25 },
    of: 'indexes of the table',
    reason: 'each write enters all of them, unless it is an update in place (HOT), which they make rare',
  },
  'schema/unused-index': {
    levels: { low: 32 * 1024 + 1, medium: GB },
    of: 'bytes of the index; more than low only where 10,000 rows a day enter it',
    reason:
      'what is worth less than five pages is not worth a deploy; a gigabyte is memory that other tables could use',
  },
  'schema/wide-table': {
    levels: { low: 50, medium: 100, high: 800 },
    of: 'columns of the table',
    reason: 'every update writes the whole row anew; 1,600 columns, dropped ones included, are the limit',
  },
} as const satisfies Readonly<Record<string, Threshold>>;
