import { z } from 'zod';
import type { CapturedQuery } from '../../model/query.ts';
import { parseParameters } from '../../server-log/parameters.ts';
import { readComment } from '../sqlcommenter.ts';
import type { LogEntry } from './entry.ts';

/** What auto_explain writes with log_format = json; of the plan, which is that of another time, only the rows are read. */
const explained = z.object({
  'Query Text': z.string(),
  'Query Parameters': z.string().optional(),
  Plan: z
    .object({
      'Node Type': z.string().optional(),
      'Actual Rows': z.number().optional(),
      Plans: z.array(z.object({ 'Actual Rows': z.number().optional() })).optional(),
    })
    .optional(),
});

const logged = /^duration: ([\d.]+) ms {2}plan:\n(\{.*\})\s*$/s;
/** The values, since version 16, are a line of their own. */
const loggedAsText =
  /^duration: ([\d.]+) ms {2}plan:\nQuery Text: (.*?)\n(?:Query Parameters: (\$1 = .*?)\n)?(?=\S[^\n]*\(cost=)/s;

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
    return { durationMs: Number(ms), sql, parameters, rows: rowsOf(plan) };
  } catch {
    // Cut short, or written by something else; the entry is told as none of a statement.
    return null;
  }
}

/** Rows that it returned; of what changes rows and returns none, those that it was given to change. */
function rowsOf(plan: z.infer<typeof explained>['Plan']): number | null {
  const [changed] = plan?.['Node Type'] === 'ModifyTable' ? (plan.Plans ?? []) : [];
  return changed?.['Actual Rows'] ?? plan?.['Actual Rows'] ?? null;
}

function asText(message: string): Explained | null {
  const [, ms, sql, values] = loggedAsText.exec(message) ?? [];
  if (sql === undefined) return null;
  const parameters = values === undefined ? [] : parseParameters(`parameters: ${values}`);
  return { durationMs: Number(ms), sql, parameters, rows: null };
}
