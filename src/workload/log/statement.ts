import type { CapturedQuery } from '../../model/query.ts';
import { parseParameters } from '../../server-log/parameters.ts';
import { readComment } from '../sqlcommenter.ts';
import type { LogEntry } from './entry.ts';
import { preparedBySql } from './prepared.ts';

/**
 * A statement in the log: `duration: 0.038 ms  execute <unnamed>: SELECT ...`, with a duration where
 * log_min_duration_statement has it written, without where log_statement does. `execute fetch from` asks for more rows
 * of a statement that was logged before.
 */
const logged =
  /^(?:duration: (?<ms>[\d.]+) ms {2})?(?:statement|execute (?!fetch from )(?:[^:]|:(?! ))*): (?<sql>.*)$/s;

/** Details that were cut off by log_parameter_max_length end in `...` inside a value. */
const cutOff = /\.\.\.'(?:, |$)/;

/** What an entry says that a client sent; null for entries about something else. */
export function statementOf(entry: LogEntry): CapturedQuery | null {
  const { ms, sql } = logged.exec(entry.message)?.groups ?? {};
  if (sql === undefined) return null;
  const durationMs = ms === undefined ? null : Number(ms);
  const parameters = entry.detail === null ? [] : parseParameters(entry.detail);
  const isWhole = entry.detail === null || !cutOff.test(entry.detail);
  const { text, origin } = readComment(sql.replace(/;\s*$/, ''));
  const prepared = preparedBySql(text, entry.detail);
  return {
    sql: prepared?.sql ?? text,
    name: null,
    params: prepared?.params ?? (parameters.length > 0 && isWhole ? parameters : null),
    calls: 1,
    origin: { ...origin, service: origin.service ?? serviceOf(entry) },
    trace: entry.session,
    // The entry is written when the statement has ended.
    startedAt: entry.at === null ? null : entry.at - (durationMs ?? 0),
    durationMs,
    rows: null,
  };
}

/** Drivers give names of their own to sessions that nobody named. */
const driverNames =
  /^(psql|pgbench|pg-guardrails|node-postgres|postgres\.js|PostgreSQL JDBC Driver|psycopg.*|Npgsql)?$/i;

function serviceOf({ application }: LogEntry): string | null {
  return application === null || driverNames.test(application) ? null : application;
}
