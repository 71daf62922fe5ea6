import type { Session } from '../../model/server.ts';

/**
 * Settings under which the server prints what is in its catalogues. With nothing but pg_catalog in `search_path`,
 * all other names are printed with their schema, and ours can be short: nobody but a superuser creates anything
 * there. The planner's settings save time on queries whose cost it cannot know without statistics.
 */
const settings = {
  search_path: 'pg_catalog, pg_temp',
  TimeZone: 'UTC',
  DateStyle: 'ISO, MDY',
  IntervalStyle: 'postgres',
  bytea_output: 'hex',
  extra_float_digits: '1',
  quote_all_identifiers: 'off',
  statement_timeout: '0',
  jit: 'off',
  plan_cache_mode: 'force_generic_plan',
  max_parallel_workers_per_gather: '0',
} as const;

const setAll = `SELECT ${Object.entries(settings)
  .map(([name, value]) => `pg_catalog.set_config('${name}', '${value}', true)`)
  .join(', ')}`;

/**
 * Reads under settings of our own and leaves no trace: what a savepoint is rolled back to are the settings, and the
 * locks, that the migration had. Outside a transaction, all is read in one.
 *
 * @param read sends all its queries before it first waits, since everything is sent in one round trip
 */
export async function undisturbed<T>(session: Session, read: () => Promise<T>): Promise<T> {
  const isOpen = session.transaction() === 'open';
  const [, result] = await Promise.all([
    session.script(
      `${isOpen ? 'SAVEPOINT pg_guardrails' : 'BEGIN ISOLATION LEVEL REPEATABLE READ'}; ${setAll}`,
    ),
    read(),
    session.script(
      isOpen ? 'ROLLBACK TO SAVEPOINT pg_guardrails; RELEASE SAVEPOINT pg_guardrails' : 'ROLLBACK',
    ),
  ]);
  return result;
}
