/**
 * Settings of the throw-away server. Durability is off, since nothing is to survive. Autovacuum is off, since it
 * would put real sizes and statistics over those of a twin. Time zone and messages are fixed, so that a review
 * says the same on every machine. Planner settings and `wal_level` keep their defaults.
 */
export const throwAwaySettings: Readonly<Record<string, string>> = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  restart_after_crash: 'off',
  timezone: 'UTC',
  lc_messages: 'C',
  max_connections: '20',
  max_locks_per_transaction: '1024',
  max_wal_size: '4GB',
  checkpoint_timeout: '1h',
};

/**
 * What a server is started with so that a database's statements can be logged (log_statement, which is off), in a
 * file that is read through SQL: one form for every version, and wherever the server runs. It is one file unless
 * somebody asks for the next one, which then has another name. Test suites reckon with as many connections as
 * PostgreSQL has by default, and ours come on top.
 */
export const statementLogSettings: Readonly<Record<string, string>> = {
  logging_collector: 'on',
  log_destination: 'csvlog',
  log_directory: 'log',
  log_filename: 'statements-%Y%m%d%H%M%S.log',
  log_rotation_age: '0',
  log_rotation_size: '0',
  max_connections: '120',
};

export function settingArguments(settings: Readonly<Record<string, string>>): readonly string[] {
  return Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
