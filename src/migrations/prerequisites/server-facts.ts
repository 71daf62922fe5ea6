import type { Session } from '../../model/server.ts';
import type { AvailableExtension } from './extensions.ts';

/** What the server in use has, and what its owner role may do with it. */
export interface ServerFacts {
  readonly extensions: ReadonlyMap<string, AvailableExtension>;
  /** All settings that it knows. */
  readonly settings: ReadonlySet<string>;
  /** Those that only a superuser may SET. */
  readonly superuserSettings: ReadonlySet<string>;
}

/**
 * @param superuser a session in a database that nobody else has used yet
 * @param names extensions that matter: the server opens a file for each version that it is asked for
 */
export async function readServerFacts(superuser: Session, names: readonly string[]): Promise<ServerFacts> {
  const [extensions, settings] = await Promise.all([
    names.length === 0
      ? []
      : superuser.query(
          `SELECT e.name, v.trusted OR NOT v.superuser AS by_owner, array_agg(o.version::text) AS versions
       FROM pg_available_extensions e
         JOIN pg_available_extension_versions v ON v.name = e.name AND v.version = e.default_version
         JOIN pg_available_extension_versions o ON o.name = e.name
       WHERE e.name = ANY ($1)
       GROUP BY 1, 2`,
          [names],
        ),
    superuser.query(
      `SELECT lower(name) AS name, context IN ('superuser', 'superuser-backend') AS by_superuser FROM pg_settings`,
    ),
  ]);
  const known = settings.map((row) => String(row['name']));
  return {
    extensions: new Map(
      extensions.map((row) => [
        String(row['name']),
        {
          by: row['by_owner'] === true ? 'owner' : 'superuser',
          versions: new Set(Array.isArray(row['versions']) ? row['versions'].map(String) : []),
        },
      ]),
    ),
    settings: new Set(known),
    superuserSettings: new Set(known.filter((_, index) => settings[index]?.['by_superuser'] === true)),
  };
}
