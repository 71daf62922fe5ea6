import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { parseParameters } from '../../server-log/parameters.ts';
import { readComment } from '../sqlcommenter.ts';
import type { LogEntry } from './entry.ts';

/** What auto_explain writes with log_format = json; of the plan, which is that of another time, only the rows are read. */
const explained = z.object({
  'Query Text': z.string(),
  'Query Parameters': z.string().optional(),
  Plan: z.object({ 'Actual Rows': z.number().optional() }).optional(),
});

const logged = /^duration: ([\d.]+) ms {2}plan:\n(\{.*\})\s*$/s;
const loggedAsText = /^duration: ([\d.]+) ms {2}plan:\nQuery Text: (.*?)\n(?=\S[^\n]*\(cost=)/s;

/** The statement that auto_explain shows the plan of; null for other entries. */
export function explainedStatementOf(entry: LogEntry): CapturedQuery | null {
  const read = asJson(entry.message) ?? asText(entry.message);
  if (read === null) return null;
  const { text, origin } = readComment(read.sql.replace(/;\s*$/, ''));
  const { durationMs, parameters } = read;
  return {
    sql: text,
    name: null,
    params: parameters.length > 0 ? parameters : null,
    calls: 1,
    origin,
    trace: entry.session,
    startedAt: entry.at === null ? null : entry.at - durationMs,
    durationMs,
    rows: read.rows,
  };
}

interface Explained {
  readonly durationMs: number;
  readonly sql: string;
  readonly parameters: readonly (string | null)[];
  /** With log_analyze. */
  readonly rows: number | null;
}

function asJson(message: string): Explained | null {
  const [, ms, json] = logged.exec(message) ?? [];
  if (json === undefined) return null;
  try {
    const { 'Query Text': sql, 'Query Parameters': values, Plan: plan } = explained.parse(JSON.parse(json));
    const parameters = values === undefined ? [] : parseParameters(`parameters: ${values}`);
    return { durationMs: Number(ms), sql, parameters, rows: plan?.['Actual Rows'] ?? null };
  } catch {
    // Cut short, or written by something else; the entry is told as none of a statement.
    return null;
  }
}

function asText(message: string): Explained | null {
  const [, ms, sql] = loggedAsText.exec(message) ?? [];
  return sql === undefined ? null : { durationMs: Number(ms), sql, parameters: [], rows: null };
}
