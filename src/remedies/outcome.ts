import { observeChange } from '../migrations/observe.ts';
import { readSchema } from '../migrations/schema/read.ts';
import type { Relations } from '../migrations/snapshot.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Schema } from '../model/schema.ts';
import type { Sandbox, Session } from '../model/server.ts';

/** What running migrations on a copy of the base came to. */
export interface Outcome {
  /** Where it is. */
  readonly database: string;
  readonly observations: readonly MigrationObservation[];
  readonly before: Schema;
  readonly after: Schema;
  /** What holds for the rows of each partition, by its qualified name. */
  readonly partitionConstraints: ReadonlyMap<string, string>;
}

/**
 * Runs migrations in a new database, copied from a template, and reads what is there afterwards.
 *
 * @param existing relations that were there before the change
 */
export async function run(
  sandbox: Sandbox,
  database: string,
  template: string,
  migrations: readonly Migration[],
  existing: Relations,
): Promise<Outcome> {
  await sandbox.createDatabase(database, template);
  await using reader = await sandbox.connect(database, 'observer');
  const before = await readSchema(reader);
  const observations = await observeChange(sandbox, database, migrations, existing);
  const after = await readSchema(reader);
  return {
    database,
    observations,
    before,
    after,
    partitionConstraints: await readPartitionConstraints(reader),
  };
}

async function readPartitionConstraints(session: Session): Promise<ReadonlyMap<string, string>> {
  const rows = await session.query(
    `SELECT n.nspname || '.' || c.relname AS name, pg_get_partition_constraintdef(c.oid) AS condition
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relispartition AND c.relkind IN ('r', 'p')`,
  );
  return new Map(
    rows.flatMap(({ name, condition }) =>
      condition === null ? [] : [[String(name), String(condition)] as const],
    ),
  );
}
