import type { Remediation } from '../../model/insight.ts';
import { type Sandbox, type Session, StatementFailed } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import { type Batch, batchOf } from '../../sql/batch.ts';
import { readSelect } from '../../sql/rewrite/rewriters.ts';
import { compareResults } from '../rewrites/compare.ts';
import { parameterTypes } from '../rewrites/parameters.ts';
import { type Stage, setStage } from '../rewrites/stage.ts';

/** A query that is sent again and again, with another value each time. */
export interface Repeated {
  readonly planned: PlannedQuery;
  readonly count: number;
}

/** What batches are tried with. */
export interface BatchTrial {
  readonly sandbox: Sandbox;
  /** Database with the schema. Nobody is connected to it. */
  readonly schema: string;
  /** Its twin, in a database of its own. */
  readonly twin: string;
  /** A new database, in which queries are run on rows. */
  readonly database: string;
}

const title = 'Ask for all of them at once';

/**
 * Writes each query for all of its values, and tries it: on rows it has to return what the query returns, and on the twin one
 * plan for all values has to be cheaper than one for each of them. Null for those that cannot be written so.
 */
export async function tryBatches<T extends Repeated>(
  { sandbox, schema, twin, database }: BatchTrial,
  repeated: readonly T[],
): Promise<ReadonlyMap<T, Remediation>> {
  const batches = repeated.flatMap((each) => {
    const batch = batchOf(each.planned.text);
    return batch === null ? [] : [{ each, batch }];
  });
  if (batches.length === 0) return new Map();
  await using session = await sandbox.connect(twin, 'owner');
  await using stage = await setStage(sandbox, database, schema);
  const remedies = new Map<T, Remediation>();
  for (const { each, batch } of batches) {
    const effect = await effectOf(session, each, batch);
    const isCheaper = effect !== null && effect.after <= effect.before;
    const verified = isCheaper && (await isSame(stage, each, batch));
    remedies.set(each, {
      kind: 'query',
      title,
      text: batch.sql,
      verified,
      effect: verified ? effect : null,
      migration: null,
    });
  }
  return remedies;
}

/** Planner costs of as many executions as there were, and of one for all of their values. */
async function effectOf(
  session: Session,
  { planned: { query, measures }, count }: Repeated,
  { sql }: Batch,
): Promise<Remediation['effect']> {
  // The planner counts values, whichever they are.
  const known = query.samples.flatMap(([value]) => value ?? []);
  if (known.length === 0) return null;
  const values = Array.from({ length: count }, (_, index) => known[index % known.length]);
  const [planning] = await planAll(session, [{ sql, parameterCount: 1, params: [values] }]);
  if (planning?.kind !== 'planned') return null;
  const round = (cost: number) => (cost < 10 ? Math.round(cost * 100) / 100 : Math.round(cost));
  const [before, after] = [measures.cost * count, planning.plan.cost.total];
  return { before: round(before), after: round(after), unit: 'planner cost' };
}

async function isSame(stage: Stage, { planned }: Repeated, { ofOne }: Batch): Promise<boolean> {
  const type = await typeOf(stage, planned.text);
  const original = readSelect(planned.text);
  const rewritten = type === null ? null : readSelect(ofOne(type));
  if (original === null || rewritten === null) return false;
  const names = new Set(planned.measures.tables);
  const tables = stage.tables.filter(({ schema, name }) => names.has(`${schema}.${name}`));
  const { samples } = planned.query;
  const { kind } = await compareResults(stage, { original, rewritten, samples, tables });
  return kind === 'same';
}

async function typeOf({ session, tables }: Stage, sql: string): Promise<string | null> {
  try {
    const [type] = await parameterTypes(session, sql, tables);
    return type?.sql ?? null;
  } catch (error) {
    if (error instanceof StatementFailed) return null;
    throw error;
  }
}
