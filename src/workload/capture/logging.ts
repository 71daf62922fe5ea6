import type { ServerVersion, Session } from '../../model/server.ts';

/**
 * What makes a server log every execution with its values and time. auto_explain adds how many rows it returned, which
 * is counted without reading the clock for each.
 */
const usual: Readonly<Record<string, string>> = {
  log_min_duration_statement: '0',
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_format': 'json',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
};

/** Since version 16 auto_explain writes the values too, which may be long, and are beside the execution. */
const sinceVersion16: Readonly<Record<string, string>> = { 'auto_explain.log_parameter_max_length': '0' };

function settingsOf(major: number): Readonly<Record<string, string>> {
  return { ...usual, ...(major >= 16 ? sinceVersion16 : {}) };
}

/** What keeps our own sessions out of the log. */
const ours: Readonly<Record<string, string>> = {
  log_min_duration_statement: '-1',
  session_preload_libraries: '',
};

/**
 * Has the server log everything that sessions send which begin from now on, in all databases and as all roles but the
 * session's own.
 *
 * @param session as superuser
 */
export async function logEverything(
  session: Session,
  { major }: Pick<ServerVersion, 'major'>,
): Promise<void> {
  // Version 14 knows a library's settings only once it is loaded.
  await session.query(`LOAD 'auto_explain'`);
  for (const [name, value] of Object.entries(ours))
    await session.query(`ALTER ROLE CURRENT_USER SET ${name} = '${value}'`);
  for (const [name, value] of Object.entries(settingsOf(major)))
    await session.query(`ALTER ROLE ALL SET ${name} = '${value}'`);
}

/** Has it log as it did before. */
export async function logAsBefore(session: Session, { major }: Pick<ServerVersion, 'major'>): Promise<void> {
  for (const name of Object.keys(settingsOf(major))) await session.query(`ALTER ROLE ALL RESET ${name}`);
  for (const name of Object.keys(ours)) await session.query(`ALTER ROLE CURRENT_USER RESET ${name}`);
}
