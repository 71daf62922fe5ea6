import type { Migration } from '../model/migration.ts';
import { type MigrationObservation, succeeded } from '../model/observation.ts';
import type { Sandbox } from '../model/server.ts';
import type { Existing } from './effects.ts';
import { Run } from './run.ts';
import { StatementObserver } from './statement.ts';
import { groupingsFor, stepsOf } from './steps.ts';

/** DISCARD ALL as the documentation spells it out, but for prepared statements and plans, which are ours. */
const reset = `CLOSE ALL; SET SESSION AUTHORIZATION DEFAULT; RESET ALL; UNLISTEN *;
  SELECT pg_catalog.pg_advisory_unlock_all(); DISCARD TEMP; DISCARD SEQUENCES`;

/**
 * Runs the migrations of a change in a database, grouped into transactions as their tool groups them, and records
 * what each statement does to relations that were there before. Stops at the first migration that fails, as a
 * deploy would; its transaction is rolled back.
 *
 * @param existing relations that were there before the change; null where all that are there now were
 */
export async function observeChange(
  sandbox: Sandbox,
  database: string,
  migrations: readonly Migration[],
  existing: Existing | null = null,
): Promise<readonly MigrationObservation[]> {
  await using observer = await StatementObserver.open(sandbox, database, existing);
  const isDeploy = migrations.some(({ wrapping }) => wrapping === 'deploy');
  if (isDeploy) await observer.begin();
  const observations: MigrationObservation[] = [];
  for (const migration of migrations) {
    const observation = await observeMigration(observer, migration);
    observations.push(observation);
    if (!succeeded(observation)) return observations;
    if (!isDeploy) await observer.session.script(reset);
  }
  if (isDeploy && observer.session.transaction() === 'open') await observer.session.script('COMMIT');
  return observations;
}

async function observeMigration(
  observer: StatementObserver,
  migration: Migration,
): Promise<MigrationObservation> {
  const steps = stepsOf(migration);
  for (const grouping of groupingsFor(migration.wrapping, steps)) {
    const run = new Run(observer, migration, grouping);
    const observation = await run.all(steps, migration.wrapping === 'unknown' && grouping !== 'each alone');
    if (observation !== null) return observation;
  }
  throw new Error('the last grouping is never refused');
}
