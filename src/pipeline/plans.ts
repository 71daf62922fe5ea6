import type { Config } from '../config/config.ts';
import { keepsQueriesWaiting } from '../estimates/lock-spans.ts';
import type { Catalogue } from '../model/catalogue.ts';
import type { MigrationObservation, Statement } from '../model/observation.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { Query } from '../model/query.ts';
import type { Review, Unchecked } from '../model/review.ts';
import type { Sandbox, Session } from '../model/server.ts';
import type { Sizes } from '../model/statistics.ts';
import { planChanges } from '../plans/changes.ts';
import { examine } from '../plans/examine.ts';
import type { ExaminedState } from '../rules/gather.ts';
import { seedPlausible, usualRows } from '../seed/plausible.ts';
import { activityOf } from '../statistics/activity.ts';
import { matchIndexes } from '../statistics/import/indexes.ts';
import { tellRows } from '../statistics/rows.ts';
import { withOwnNames } from '../statistics/search-path.ts';
import { applySettings, plannerSettings } from '../statistics/settings.ts';
import { productionSizes } from '../statistics/sizes.ts';
import { sizedTables } from '../statistics/tables.ts';
import { growTwin, type TwinSessions } from '../statistics/twin.ts';
import type { SchemaState } from './states.ts';

export interface PlannedState extends ExaminedState {
  /** Planner settings that it was planned with. */
  readonly settings: Review['settings'];
  /** Of its tables, by oid: what its twin was grown to. */
  readonly sizes: Sizes;
  /** Rows that statements of the change are expected to change, where the planner can tell. */
  readonly rowsToChange: ReadonlyMap<Statement, number>;
  readonly unchecked: readonly Unchecked[];
}

/** What is to be planned in a schema state. */
interface ToPlan {
  readonly queries: readonly Query[];
  /** Those that run from here on: whom they keep waiting is asked, and how many rows they change. */
  readonly migrations: readonly MigrationObservation[];
}

/** What production's sizes are known from, beside the configuration. */
export interface KnownSizes {
  /** The statistics file, or null. */
  readonly production: ProductionStatistics | null;
  /** The state that the file and the configuration were written for, where this one was made from it. */
  readonly earlier: Catalogue;
}

/** The database of a schema state's twin. */
export function twinOf({ name }: SchemaState): string {
  return `${name}_twin`;
}

/**
 * Builds the twin of a schema state and plans the workload on it.
 *
 * @param known what production's sizes are known from
 */
export async function planState(
  sandbox: Sandbox,
  state: SchemaState,
  config: Config,
  { queries, migrations }: ToPlan,
  { production, earlier }: KnownSizes,
): Promise<PlannedState> {
  const { name, catalogue, schema } = state;
  const twin = twinOf(state);
  const sizes = productionSizes(catalogue, config.tables, config.assumedRows, earlier, production);
  const tables = sizedTables(catalogue, sizes);
  await sandbox.createDatabase(twin, name);
  await using superuser = await sandbox.connect(twin, 'superuser');
  const { settings, unchecked } = await withOwnNames(superuser, () =>
    applySettings(superuser, plannerSettings(config.planner, production)),
  );
  const activity =
    production === null
      ? null
      : await withOwnNames(superuser, async () =>
          activityOf(production, catalogue, sizes, await matchIndexes(superuser, catalogue, sizes)),
        );
  await using session = await sandbox.connect(twin, 'owner');
  const unfitting = await size(sandbox, { superuser, owner: session }, catalogue, sizes);
  const locks = keepsQueriesWaiting(migrations) ? 'with locks' : 'without locks';
  return {
    schema,
    examination: await examine(session, queries, tables, locks),
    rowsToChange: await planChanges(session, migrations),
    tables,
    sizes,
    activity,
    ...(await readMemory(session)),
    settings,
    unchecked: [...unchecked, ...unfitting],
  };
}

/** Tells the planner of production's size, as far as the sandbox can. */
async function size(
  sandbox: Sandbox,
  sessions: TwinSessions,
  catalogue: SchemaState['catalogue'],
  sizes: Sizes,
): Promise<readonly Unchecked[]> {
  switch (sandbox.sizing) {
    case 'none':
      return [];
    case 'files':
      return growTwin(sandbox, sessions, catalogue, sizes);
    case 'statistics': {
      const unfilled = await seedPlausible(sessions.owner, { rows: usualRows, head: null, constants: [] });
      return [...unfilled, ...(await tellRows(sessions, catalogue, sizes))];
    }
    default:
      return sandbox.sizing satisfies never;
  }
}

/** Bytes that a sort and a hash table may use (work_mem, hash_mem_multiplier). */
async function readMemory(session: Session): Promise<Pick<ExaminedState, 'workMemory' | 'hashMemory'>> {
  const [row] = await session.query(
    `SELECT pg_size_bytes(current_setting('work_mem'))::float8 AS work,
       current_setting('hash_mem_multiplier')::float8 AS multiplier`,
  );
  const work = Number(row?.['work']);
  return { workMemory: work, hashMemory: work * Number(row?.['multiplier']) };
}
