import type { Declared } from '../src/config/config.ts';
import { type Query, unseen } from '../src/model/query.ts';
import type { Sandbox } from '../src/model/server.ts';
import { readState, type SchemaState } from '../src/pipeline/states.ts';
import { type Examination, examine } from '../src/plans/examine.ts';
import { productionSizes } from '../src/statistics/sizes.ts';
import { sizedTables } from '../src/statistics/tables.ts';
import { growTwin } from '../src/statistics/twin.ts';
import { timed } from './figures.ts';
import type { History } from './history.ts';

/** Rows that every table is taken to have. */
const assumedRows = 1_000_000;

/** Builds a database by the first migrations of a history. */
export async function build(
  sandbox: Sandbox,
  name: string,
  migrations: History['migrations'],
): Promise<SchemaState> {
  await sandbox.createDatabase(name);
  {
    await using session = await sandbox.connect(name, 'owner');
    for (const { text } of migrations) await session.script(text);
  }
  return readState(sandbox, name);
}

/** What a schema state is at production size. */
export function sizesOf({ catalogue }: SchemaState, declared: Declared = {}) {
  const sizes = productionSizes(catalogue, declared, assumedRows);
  return { sizes, tables: sizedTables(catalogue, sizes) };
}

/** Milliseconds that the twin of a schema state took, and then planning queries on it. */
export async function twinAndPlans(
  sandbox: Sandbox,
  state: SchemaState,
  queries: readonly Query[],
  declared: Declared = {},
): Promise<{ readonly twin: number; readonly plans: number; readonly examination: Examination }> {
  const { sizes, tables } = sizesOf(state, declared);
  const twin = `${state.name}_twin`;
  await sandbox.dropDatabase(twin);
  await sandbox.createDatabase(twin, state.name);
  await using superuser = await sandbox.connect(twin, 'superuser');
  await using owner = await sandbox.connect(twin, 'owner');
  const [grown] = await timed(() => growTwin(sandbox, { superuser, owner }, state.catalogue, sizes));
  const [plans, examination] = await timed(() => examine(owner, queries, tables));
  if (examination.planned.size !== queries.length) {
    const [reason] = examination.refused.values();
    throw new Error(`not every query is planned: ${reason?.message}`);
  }
  return { twin: grown, plans, examination };
}

/** A query as a capture has it. */
export function captured(sql: string, samples: readonly (readonly unknown[])[] = []): Query {
  return {
    fingerprint: sql,
    sql,
    name: null,
    calls: 1,
    parameterCount: samples[0]?.length ?? 0,
    samples,
    texts: [],
    origins: [],
    originsLeftOut: 0,
    ...unseen,
  };
}
