import { escapeIdentifier, escapeLiteral } from 'pg';
import type { ProductionStatistics } from '../model/production.ts';
import type { Review, Unchecked } from '../model/review.ts';
import { type Session, StatementFailed } from '../model/server.ts';
import { isPlannerSetting } from '../model/settings.ts';

/** A planner setting as it is wanted, and who wants it. */
export interface WantedSetting {
  readonly name: string;
  readonly value: string;
  readonly source: Review['settings'][number]['source'];
}

/** Planner settings of production: those of the configuration, then those of the statistics file. */
export function plannerSettings(
  configured: Readonly<Record<string, string>>,
  production: ProductionStatistics | null,
): readonly WantedSetting[] {
  const imported = Object.entries(production?.settings ?? {})
    .filter(([name]) => isPlannerSetting(name) && configured[name] === undefined)
    .map(([name, value]) => ({ name, value, source: 'statistics file' }) as const);
  const stated = Object.entries(configured).map(
    ([name, value]) => ({ name, value, source: 'configuration' }) as const,
  );
  return [...imported, ...stated].toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Gives a database settings, for sessions that are opened from now on. What this version of PostgreSQL does not know or
 * accept is returned as unchecked.
 *
 * @param session as superuser, in that database
 */
export async function applySettings(
  session: Session,
  wanted: readonly WantedSetting[],
): Promise<{ readonly settings: Review['settings']; readonly unchecked: readonly Unchecked[] }> {
  const [row] = await session.query('SELECT current_database() AS name');
  const database = escapeIdentifier(String(row?.['name']));
  const refused = new Map<string, string>();
  await Promise.all(
    wanted.map(async ({ name, value }) => {
      try {
        await session.query(
          `ALTER DATABASE ${database} SET ${escapeIdentifier(name)} = ${escapeLiteral(value)}`,
        );
      } catch (error) {
        if (!(error instanceof StatementFailed)) throw error;
        refused.set(name, error.message);
      }
    }),
  );
  const applied = wanted.filter(({ name }) => !refused.has(name));
  return {
    settings: await describe(session, applied),
    unchecked: wanted.flatMap(({ name, source }) => {
      const reason = refused.get(name);
      return reason === undefined ? [] : [{ subject: `the setting ${name} of the ${source}`, reason }];
    }),
  };
}

/** In the server's own words, and whether a server without any configuration has the same. */
async function describe(session: Session, applied: readonly WantedSetting[]): Promise<Review['settings']> {
  if (applied.length === 0) return [];
  const answers = await Promise.all([
    session.query('BEGIN'),
    ...applied.map(({ name, value }) => session.query('SELECT set_config($1, $2, true)', [name, value])),
    session.query(
      `SELECT name, current_setting(name) AS value, setting = boot_val AS default FROM pg_settings
       WHERE name = ANY ($1)`,
      [applied.map(({ name }) => name)],
    ),
    session.query('ROLLBACK'),
  ]);
  const rows = answers.at(-2) ?? [];
  const known = new Map(rows.map((row) => [String(row['name']), row]));
  return applied.map(({ name, value, source }) => ({
    name,
    value: String(known.get(name)?.['value'] ?? value),
    source,
    isDefault: known.get(name)?.['default'] === true,
  }));
}
