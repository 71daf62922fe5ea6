import type { Migration, Script } from '../../model/migration.ts';
import type { Sandbox, Session } from '../../model/server.ts';
import type { Reversal } from '../../model/trial.ts';
import { copyDatabase } from '../copy.ts';
import { execute, executeAll, type Failure } from '../execute.ts';
import { differencesByName } from '../schema/differences.ts';
import { readSchema } from '../schema/read.ts';
import type { Trial } from './trial.ts';

/**
 * Runs each migration, its down half, and the migration again, and compares the schema before with the one that
 * the down half leaves. Repeatable migrations have no way back, and are left out.
 */
export async function reverseChange(sandbox: Sandbox, trial: Trial): Promise<readonly Reversal[]> {
  const reversals: Reversal[] = [];
  for (const [index, migration] of trial.migrations.entries()) {
    if (migration.kind !== 'versioned') continue;
    const { down } = migration;
    const database = `${trial.template}_reversed_${index}`;
    const outcome =
      down === null
        ? ({ kind: 'missing' } as const)
        : await reverse(sandbox, trial, index, migration, down, database);
    if (outcome !== null) reversals.push({ file: migration.path, down: down?.path ?? null, outcome });
  }
  return reversals;
}

/** Null where the way up fails, which is told of elsewhere, or one of the ways does not end. */
async function reverse(
  sandbox: Sandbox,
  { template, migrations }: Trial,
  index: number,
  up: Migration,
  down: Script,
  database: string,
): Promise<Reversal['outcome'] | null> {
  await using _database = await copyDatabase(sandbox, database, template);
  await using session = await sandbox.connect(database, 'owner');
  await using reader = await sandbox.connect(database, 'observer');
  if ((await executeAll(session, migrations.slice(0, index))) !== null) return null;
  const before = await readSchema(reader);
  if ((await run(session, up)) !== null) return null;
  const failure = await run(session, down);
  if (failure !== null) return failed('down', failure);
  const left = differencesByName(before, await readSchema(reader));
  if (left.length > 0) return { kind: 'differs', differences: left };
  const again = await run(session, up);
  return again === null ? { kind: 'restored' } : failed('up again', again);
}

async function run(session: Session, script: Script): Promise<Failure | null> {
  const { failure } = await execute(session, script);
  if (failure === null) await session.query('DISCARD ALL');
  return failure;
}

function failed(during: 'down' | 'up again', failure: Failure): Reversal['outcome'] | null {
  if (failure.kind === 'stopped') return null;
  return { kind: 'failed', during, statement: failure.statement, error: failure.error };
}
