import type { SettingsInEffect } from '../model/observation.ts';
import type { Row } from '../model/server.ts';

/** Columns for a SELECT that reads the settings in effect. transaction_timeout is there from PostgreSQL 17 on. */
export const settingsColumns = [
  'lock_timeout',
  'statement_timeout',
  'idle_in_transaction_session_timeout',
  'transaction_timeout',
  'timezone',
  'search_path',
  'role',
]
  .map((name) => `pg_catalog.current_setting('${name}', true) AS ${name}`)
  .join(', ');

/** Settings of a row with those columns. */
export function readSettings(row: Row): SettingsInEffect {
  const transactionTimeout = row['transaction_timeout'];
  return {
    lockTimeoutMs: milliseconds(row['lock_timeout']),
    statementTimeoutMs: milliseconds(row['statement_timeout']),
    idleInTransactionTimeoutMs: milliseconds(row['idle_in_transaction_session_timeout']),
    transactionTimeoutMs: transactionTimeout === null ? null : milliseconds(transactionTimeout),
    timeZone: String(row['timezone']),
    searchPath: String(row['search_path']),
    role: String(row['role']),
  };
}

const units: Readonly<Record<string, number>> = { ms: 1, s: 1e3, min: 6e4, h: 36e5, d: 864e5 };

/** PostgreSQL prints a time with the largest unit that leaves it whole, and 0 without one (guc.c, GUC_UNIT_MS). */
function milliseconds(value: unknown): number {
  const [, amount = '0', unit = 'ms'] = /^(-?\d+)\s*([a-z]+)?$/.exec(String(value)) ?? [];
  return Number(amount) * (units[unit] ?? 1);
}
