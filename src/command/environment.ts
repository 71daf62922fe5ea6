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

/** The input of the Action that holds the token. */
const tokenInput = 'INPUT_GITHUB-TOKEN';

/**
 * What GitHub tells an action and no step that runs a shell: its inputs, a token among them, its state, the runner's
 * own tokens, and the files in which an action leaves its outputs.
 */
const actionVariables = /^(?:INPUT_.*|STATE_.*|ACTIONS_.*|GITHUB_(?:OUTPUT|ENV|PATH|STATE|STEP_SUMMARY))$/;

/** Names under which steps of a workflow are given a token; a command is not to have it, whatever it was meant for. */
const tokenVariables: ReadonlySet<string> = new Set(['GITHUB_TOKEN', 'GH_TOKEN']);

/**
 * The environment of a command of the project: ours, with a database of the sandbox in place of any other. In an action,
 * it holds no token of GitHub.
 *
 * @param secret the URL of somebody's server, which no variable may hold; null where the server is ours
 * @param templates further variables, by name: texts with placeholders of the connection: `{host}`, `{port}`, `{user}`, `{password}`, `{database}`, `{url}`
 */
export function commandEnvironment(
  ours: Readonly<Record<string, string | undefined>>,
  { host, port, user, password, database }: Address,
  secret: string | null = null,
  templates: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const token = ours[tokenInput] ?? null;
  const isWithheld = (name: string, value: string) =>
    value === secret ||
    connectionVariables.has(name) ||
    actionVariables.test(name) ||
    (token !== null && (tokenVariables.has(name) || (value === token && token !== '')));
  const kept = Object.entries(ours).flatMap(([name, value]) =>
    value === undefined || isWithheld(name, value) ? [] : [[name, value]],
  );
  const account = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
  const url = `postgresql://${account}@${host}:${port}/${encodeURIComponent(database)}`;
  const values = { host, port: String(port), user, password, database, url };
  return {
    ...Object.fromEntries(kept),
    // A server of ours has no TLS, which lib/pq of Go insists on where nobody says otherwise.
    ...(secret === null ? { PGSSLMODE: 'disable' } : {}),
    DATABASE_URL: url,
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
    ...Object.fromEntries(
      Object.entries(templates).map(([name, template]) => [name, filledIn(template, values)]),
    ),
  };
}

function filledIn(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}
