import { executeAll, type FailedScript } from '../migrations/execute.ts';
import { observeOnMadeUpRows } from '../migrations/made-up-rows.ts';
import { observeChange } from '../migrations/observe.ts';
import type { Supply } from '../migrations/prerequisites/provisions.ts';
import { differences, differencesByName } from '../migrations/schema/differences.ts';
import { seedBase } from '../migrations/seeded.ts';
import { type Catalogue, qualifiedName } from '../model/catalogue.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { Unchecked } from '../model/review.ts';
import type { SchemaDifference } from '../model/schema.ts';
import type { Sandbox } from '../model/server.ts';
import type { Base } from './base.ts';
import { readState, type SchemaState } from './states.ts';

/** The database of the base with rows in its tables, a template for whatever runs the change on rows. */
export const withRows = 'rows';

/** Where the rows come from that the change is run on. */
export interface RowSource {
  readonly root: string;
  /** The user's file, or null. */
  readonly file: string | null;
  /** Texts of captured queries. */
  readonly queries: readonly string[];
}

/** The schema after the change, and the way to it. */
export interface Head {
  readonly state: SchemaState;
  /** None where the schema was loaded whole. */
  readonly migrations: readonly MigrationObservation[];
  readonly differences: readonly SchemaDifference[];
  /** The base's tables; none where both databases were built apart, and have no oids in common. */
  readonly earlier: Catalogue;
  /** What was put there for the change, or left out of it; tables without rows. */
  readonly unchecked: readonly Unchecked[];
}

/** Goes on to the schema after the change, observing what the change does. */
export async function buildHead(sandbox: Sandbox, base: Base, rows: RowSource): Promise<Head> {
  if (base.kind === 'loaded') return loadedHead(sandbox, base.state, base.unchecked);
  const { added } = base.runnable;
  const failed = await runWithoutRows(sandbox, added, base.provided.supply);
  const state = await readState(sandbox, 'head');
  const { catalogue: earlier, schema: before } = base.state;
  const seen = { state, differences: differences(before, state.schema), earlier };
  if (added.length === 0) return { ...seen, migrations: [], unchecked: base.remarks() };
  await sandbox.createDatabase(withRows, 'base');
  const head = failed === null ? 'head' : null;
  const unfilled = await seedBase(sandbox, withRows, { ...rows, migrations: added, head });
  const observed = await observe(sandbox, base, head !== null && rows.file === null);
  // What statements were seen to make is known by its keys in the database that they ran in.
  const { schema } = await readState(sandbox, 'observed');
  return {
    ...seen,
    state: { ...state, schema },
    differences: differences(base.state.schema, schema),
    migrations: observed.migrations,
    unchecked: [...base.remarks(), ...unfilled, ...observed.unchecked],
  };
}

/** @param isMadeUp whether the rows are ours, and the change succeeds without any */
async function observe(
  sandbox: Sandbox,
  { state, runnable }: Extract<Base, { readonly kind: 'migrated' }>,
  isMadeUp: boolean,
): Promise<Pick<Head, 'migrations' | 'unchecked'>> {
  if (isMadeUp) {
    const tables = state.catalogue.tables.map(qualifiedName);
    return observeOnMadeUpRows(sandbox, withRows, runnable.added, tables);
  }
  await sandbox.createDatabase('observed', withRows);
  return { migrations: await observeChange(sandbox, 'observed', runnable.added), unchecked: [] };
}

async function loadedHead(
  sandbox: Sandbox,
  base: SchemaState,
  unchecked: readonly Unchecked[],
): Promise<Head> {
  const state = await readState(sandbox, 'head');
  return {
    state,
    migrations: [],
    differences: differencesByName(base.schema, state.schema),
    earlier: { tables: [] },
    unchecked,
  };
}

/**
 * Builds the head as queries will find it: production's rows are not there to be changed. What the change turns out to
 * lack is supplied to the base, and the head built anew.
 */
async function runWithoutRows(
  sandbox: Sandbox,
  migrations: readonly Migration[],
  supply: Supply,
): Promise<FailedScript<Migration> | null> {
  for (;;) {
    await sandbox.createDatabase('head', 'base');
    const { failed, isSupplied } = await attempt(sandbox, migrations, supply);
    if (!isSupplied) return failed;
    await sandbox.dropDatabase('head');
  }
}

async function attempt(sandbox: Sandbox, migrations: readonly Migration[], supply: Supply) {
  await using session = await sandbox.connect('head', 'owner');
  const failed = await executeAll(session, migrations);
  const isSupplied = failed?.failure.kind === 'failed' && (await supply(session, failed.failure.error));
  return { failed, isSupplied };
}
