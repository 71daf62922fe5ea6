import type { Remediation } from '../../model/insight.ts';
import { type Sandbox, type Session, StatementFailed } from '../../model/server.ts';
import type { PlannedQuery } from '../../plans/examine.ts';
import { planAll } from '../../plans/explain.ts';
import { type Batch, batchOf } from '../../sql/batch.ts';
import { type LoopQuery, loopQuery } from '../../sql/rewrite/loop.ts';
import { readSelect } from '../../sql/rewrite/rewriters.ts';
import type { Tables } from '../../sql/rewrite/sources.ts';
import type { Select } from '../../sql/rewrite/tree.ts';
import { write } from '../../sql/rewrite/write.ts';
import { compareResults } from '../rewrites/compare.ts';
import { parameterTypes } from '../rewrites/parameters.ts';
import { type Stage, setStage } from '../rewrites/stage.ts';
import { effectOfOne, isNoDearer } from '../traces/figures.ts';
import { tryJoin } from './join.ts';

/** A query that is sent again and again, with another value each time. */
export interface Repeated {
  readonly planned: PlannedQuery;
  readonly count: number;
  /** The query that it is sent for each row of; null where it is not planned. */
  readonly source: PlannedQuery | null;
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
  readonly tables: Tables;
}

const title = 'Ask for all of them at once';

/** A query in a loop, in the forms that are tried. */
interface Written<T> {
  readonly each: T;
  readonly query: Select;
  readonly loop: LoopQuery;
  /** What is sent each time. */
  readonly text: string;
  readonly batch: Batch | null;
}

/**
 * Writes each query for all of its values, and joined to the query whose rows it is sent for, and tries both: on rows they have
 * to return what the queries return, and on the twin one plan has to be cheaper than all that it takes the place of. None for
 * those that cannot be written so.
 */
export async function tryBatches<T extends Repeated>(
  { sandbox, schema, twin, database, tables }: BatchTrial,
  repeated: readonly T[],
): Promise<ReadonlyMap<T, readonly Remediation[]>> {
  const written = repeated.flatMap((each) => writtenOf(each, tables) ?? []);
  if (written.length === 0) return new Map();
  await using session = await sandbox.connect(twin, 'owner');
  await using stage = await setStage(sandbox, database, schema);
  const remedies = new Map<T, readonly Remediation[]>();
  for (const form of written) {
    const { source } = form.each;
    const batch = form.batch === null ? null : await tryBatch(session, stage, form, form.batch);
    const join = source === null ? null : await tryJoin(session, stage, { ...form, source, tables });
    remedies.set(
      form.each,
      [batch, join].filter((remedy) => remedy !== null),
    );
  }
  return remedies;
}

function writtenOf<T extends Repeated>(each: T, tables: Tables): Written<T> | null {
  const { text: captured, query: whole } = each.planned;
  const query = readSelect(captured);
  if (query === null) return null;
  const samples = whole.samples.filter(({ length }) => length === whole.parameterCount);
  const others = whole.texts.flatMap((text) => readSelect(text) ?? []);
  const loop = loopQuery(query, tables, samples, others);
  const text = loop?.isChanged === true ? write({ SelectStmt: loop.select }) : captured;
  return loop === null || text === null ? null : { each, query, loop, text, batch: batchOf(text) };
}

async function tryBatch<T extends Repeated>(
  session: Session,
  stage: Stage,
  form: Written<T>,
  batch: Batch,
): Promise<Remediation> {
  const { planned, count } = form.each;
  const before = planned.measures.cost * count;
  const after = await costOf(session, form, batch);
  const verified = after !== null && isNoDearer(before, after) && (await isSame(stage, form, batch));
  return {
    kind: 'query',
    title,
    text: batch.sql,
    verified,
    effect: verified ? effectOfOne(before, after, count) : null,
    migration: null,
  };
}

/** Planner cost of one execution for as many values as there were; null where it cannot be planned. */
async function costOf<T extends Repeated>(
  session: Session,
  { each: { count }, loop }: Written<T>,
  { sql }: Batch,
): Promise<number | null> {
  // The planner counts values, whichever they are.
  const known = loop.values.flatMap((value) => value ?? []);
  if (known.length === 0) return null;
  const values = Array.from({ length: count }, (_, index) => known[index % known.length]);
  const [planning] = await planAll(session, [{ sql, parameterCount: 1, params: [values] }]);
  return planning?.kind === 'planned' ? planning.plan.cost.total : null;
}

async function isSame<T extends Repeated>(
  stage: Stage,
  { each: { planned }, loop, text }: Written<T>,
  { ofOne }: Batch,
): Promise<boolean> {
  const type = await typeOf(stage, text);
  const original = readSelect(text);
  const rewritten = type === null ? null : readSelect(ofOne(type));
  if (original === null || rewritten === null) return false;
  const names = new Set(planned.measures.tables);
  const tables = stage.tables.filter(({ schema, name }) => names.has(`${schema}.${name}`));
  const samples = loop.values.map((value) => [value]);
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
