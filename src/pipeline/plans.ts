import type { Config } from '../config/config.ts';
import { keepsQueriesWaiting } from '../estimates/lock-spans.ts';
import type { MigrationObservation, Statement } from '../model/observation.ts';
import type { Query } from '../model/query.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox, Session } from '../model/server.ts';
import { planChanges } from '../plans/changes.ts';
import { examine } from '../plans/examine.ts';
import type { ExaminedState } from '../rules/gather.ts';
import { productionSizes } from '../statistics/sizes.ts';
import { sizedTables } from '../statistics/tables.ts';
import { growTwin } from '../statistics/twin.ts';
import type { SchemaState } from './states.ts';

export interface PlannedState extends ExaminedState {
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

/**
 * Builds the twin of a schema state and plans the workload on it.
 *
 * @param earlierNames names by oid in the state that the declared sizes were written for
 */
export async function planState(
  sandbox: Sandbox,
  { name, catalogue, schema }: SchemaState,
  config: Config,
  { queries, migrations }: ToPlan,
  earlierNames?: ReadonlyMap<number, string>,
): Promise<PlannedState> {
  const twin = `${name}_twin`;
  const sizes = productionSizes(catalogue, config.tables, config.assumedRows, earlierNames);
  const tables = sizedTables(catalogue, sizes);
  await sandbox.createDatabase(twin, name);
  await using superuser = await sandbox.connect(twin, 'superuser');
  const unchecked = await growTwin(sandbox, superuser, catalogue, sizes);
  await using session = await sandbox.connect(twin, 'owner');
  const locks = keepsQueriesWaiting(migrations) ? 'with locks' : 'without locks';
  return {
    schema,
    examination: await examine(session, queries, tables, locks),
    rowsToChange: await planChanges(session, migrations),
    tables,
    ...(await readMemory(session)),
    unchecked,
  };
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
