import { z } from 'zod';
import type { ReadRecord } from './entry.ts';
import { timeOf } from './time.ts';

/** Messages that are written beside those of an execution, and hold the same text again. */
const beforeExecution = /"message":"duration: [\d.]+ ms {2}(?:parse|bind) /;

/** Keys of a line (PostgreSQL documentation, "Using JSON-Format Log Output"); others are not read. */
const line = z.object({
  timestamp: z.string().optional(),
  user: z.string().optional(),
  dbname: z.string().optional(),
  pid: z.number().optional(),
  session_id: z.string().optional(),
  vxid: z.string().optional(),
  error_severity: z.string(),
  message: z.string(),
  detail: z.string().optional(),
  application_name: z.string().optional(),
});

/** Reads a line of a log in JSON form, as PostgreSQL writes it since version 15. */
export function readJsonLine(record: string): ReadRecord {
  if (beforeExecution.test(record)) return 'of no interest';
  let value: unknown;
  try {
    value = JSON.parse(record);
  } catch {
    return 'unreadable';
  }
  const parsed = line.safeParse(value);
  if (!parsed.success) return 'unreadable';
  const { timestamp, session_id: session, pid, vxid, error_severity: severity, message } = parsed.data;
  return {
    session: session ?? String(pid ?? ''),
    transaction: vxid ?? null,
    at: timestamp === undefined ? null : timeOf(timestamp),
    severity,
    message,
    detail: parsed.data.detail ?? null,
    user: parsed.data.user ?? null,
    database: parsed.data.dbname ?? null,
    application: parsed.data.application_name ?? null,
  };
}
