import type { Address } from '../model/server.ts';

/** What libpq, and clients like it, take from the environment to find a server (PostgreSQL documentation, "Environment Variables"). */
const connectionVariables: ReadonlySet<string> = new Set([
  'PGHOST',
  'PGHOSTADDR',
  'PGPORT',
  'PGDATABASE',
  'PGUSER',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGSERVICE',
  'PGSERVICEFILE',
  'PGOPTIONS',
  'PGSSLMODE',
  'PGREQUIRESSL',
  'PGSSLROOTCERT',
  'PGCHANNELBINDING',
  'PGREQUIREAUTH',
  'PGTARGETSESSIONATTRS',
  'DATABASE_URL',
]);

/**
 * What GitHub tells an action and no step that runs a shell: its inputs, a token among them, its state, the runner's
 * own tokens, and the files in which an action leaves its outputs.
 */
const actionVariables = /^(?:INPUT_.*|STATE_.*|ACTIONS_.*|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))$/;

/**
 * The environment of a command of the project: ours, with a database of the sandbox in place of any other.
 *
 * @param secret what no variable may hold, such as the URL of somebody's server
 */
export function commandEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  { host, port, user, password, database }: Address,
  secret: string | null = null,
): Readonly<Record<string, string>> {
  const kept = Object.entries(ours).flatMap(([name, value]) =>
    value === undefined || value === secret || connectionVariables.has(name) || actionVariables.test(name)
      ? []
      : [[name, value]],
  );
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  return {
    ...Object.fromEntries(kept),
    DATABASE_URL: `postgresql://${account}@${host}:${port}/${encodeURIComponent(database)}`,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}
