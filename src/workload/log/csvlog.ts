import { parseCsv } from '../../server-log/csv.ts';
import type { ReadRecord } from './entry.ts';
import { timeOf } from './time.ts';

/** Columns that are read (PostgreSQL documentation, "Using CSV-Format Log Output"). */
const column = {
  time: 0,
  user: 1,
  database: 2,
  session: 5,
  transaction: 9,
  severity: 11,
  message: 13,
  detail: 14,
  application: 22,
} as const;

/** Columns that every version from 14 on has; later ones may add some. */
const fewestColumns = 23;

const beforeExecution = /"duration: [\d.]+ ms {2}(?:parse|bind) /;

/** Reads a record of a log in CSV form. */
export function readCsvRecord(record: string): ReadRecord {
  if (beforeExecution.test(record)) return 'of no interest';
  const [fields = []] = parseCsv(`${record}\n`);
  if (fields.length < fewestColumns) return 'unreadable';
  const field = (name: keyof typeof column) => fields[column[name]] || null;
  return {
    session: field('session') ?? '',
    transaction: field('transaction'),
    at: timeOf(field('time') ?? ''),
    severity: field('severity') ?? '',
    message: field('message') ?? '',
    detail: field('detail'),
    user: field('user'),
    database: field('database'),
    application: field('application'),
  };
}
