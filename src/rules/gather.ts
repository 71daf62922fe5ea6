import type { Levels } from '../config/config.ts';
import type { Advice } from '../model/advice.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { EarlierWorkload, Query } from '../model/query.ts';
import type { Schema } from '../model/schema.ts';
import type { ServerVersion, Sizing } from '../model/server.ts';
import type { Trace } from '../model/trace.ts';
import type { Examination, PlannedQuery } from '../plans/examine.ts';
import { mostChanged } from '../plans/parameters/judge.ts';
import type { Activity } from '../statistics/activity.ts';
import type { SizedTable } from '../statistics/tables.ts';
import { Facts } from './facts.ts';
import type { BrokenQueryFacts, ChangeFacts, PlanChangeFacts, QueryChangeFacts } from './facts-source.ts';
import type { ExecutedFacts } from './on-executed.ts';
import { type Refusals, refusalsOf } from './refusals.ts';
import { noResults, type ResultFacts } from './result-facts.ts';
import { SchemaFacts } from './schema-facts.ts';
import { sendersOf } from './senders.ts';
import type { StepFacts } from './step-facts.ts';

/** One schema state, as it was examined on its twin. */
export interface ExaminedState {
  readonly schema: Schema;
  readonly examination: Examination;
  /** By qualified name. */
  readonly tables: ReadonlyMap<string, SizedTable>;
  /** What production was seen to do; null without a statistics file. */
  readonly activity: Activity | null;
  /** Bytes that a sort may use (work_mem). */
  readonly workMemory: number;
  /** Bytes that a hash table may use (work_mem times hash_mem_multiplier). */
  readonly hashMemory: number;
}

export interface Examined {
  readonly server: ServerVersion;
  /** How the planner was told of production's size. */
  readonly sizing: Sizing;
  readonly change: ChangeFacts;
  readonly base: ExaminedState;
  readonly head: ExaminedState;
  readonly migrations: readonly MigrationObservation[];
  /** Those of head. */
  readonly queries: readonly Query[];
  /** What requests, tests and sessions send at head. */
  readonly traces: readonly Trace[];
  /** What migrations send that were captured with them. */
  readonly migrationTraces: readonly Trace[];
  readonly earlier: EarlierWorkload;
  /** What queries return in both states. */
  readonly results: ResultFacts;
  readonly steps: readonly StepFacts[];
  readonly advice: Advice;
  /** Queries that were executed: at base, and so for head too, which nobody can execute them on. */
  readonly executed: readonly ExecutedFacts[];
}

const none: Refusals = { atHead: [], atBase: [] };

/** The facts of both schema states. What changed between them, and what the change was seen to do, is head's. */
export function gatherFacts(
  {
    server,
    sizing,
    change,
    base,
    head,
    migrations,
    queries,
    traces,
    migrationTraces,
    earlier,
    results,
    steps,
    advice,
    executed,
  }: Examined,
  overrides: Readonly<Record<string, Levels>>,
): { readonly base: Facts; readonly head: Facts } {
  const sent = [...queries, ...earlier.gone];
  const senders = sendersOf(queries, earlier);
  const before = queries.flatMap((query) => plansBefore(query, earlier, base.examination));
  return {
    base: new Facts({
      server,
      sizing,
      schema: new SchemaFacts(base.schema),
      change: null,
      migrations: [],
      plans: before,
      planChanges: [],
      queryChanges: [],
      brokenQueries: [],
      refusals: none,
      senders,
      results: noResults,
      steps: [],
      advice: adviceAtBase(advice, before, head.examination),
      // Where nobody captured the base, it is taken to send what head sends.
      traces: earlier.traces ?? traces,
      migrationTraces: [],
      earlierTraces: [],
      executed,
      tables: base.tables,
      activity: base.activity,
      activityBefore: base.activity,
      workMemory: base.workMemory,
      hashMemory: base.hashMemory,
      overrides,
      suppressions: [],
    }),
    head: new Facts({
      server,
      sizing,
      schema: new SchemaFacts(head.schema),
      change,
      migrations,
      plans: queries.flatMap(({ fingerprint }) => head.examination.planned.get(fingerprint) ?? []),
      planChanges: planChanges(sent, base.examination, head.examination),
      queryChanges: queryChanges(queries, earlier, base.examination, head.examination),
      brokenQueries: brokenQueries(sent, base.examination, head.examination),
      refusals: refusalsOf(sent, base.examination, head.examination),
      senders,
      results,
      steps,
      advice,
      traces,
      migrationTraces,
      earlierTraces: earlier.traces ?? [],
      executed,
      // Observations name tables as they were called at base.
      tables: new Map([...base.tables, ...head.tables]),
      activity: head.activity,
      activityBefore: base.activity,
      workMemory: head.workMemory,
      hashMemory: head.hashMemory,
      overrides,
      suppressions: [],
    }),
  };
}

/**
 * What the base had to say of a query: of the one in whose place it is, told as if it were about the new one, so that
 * the two are compared. Nothing of a query that the base does not send.
 */
function plansBefore(
  query: Query,
  { replaced, added }: EarlierWorkload,
  { planned }: Examination,
): readonly PlannedQuery[] {
  const earlier = replaced.get(query.fingerprint);
  if (earlier === undefined && added.has(query.fingerprint)) return [];
  const plan = planned.get((earlier ?? query).fingerprint);
  return plan === undefined ? [] : [{ ...plan, query }];
}

function queryChanges(
  queries: readonly Query[],
  { replaced }: EarlierWorkload,
  base: Examination,
  head: Examination,
): readonly QueryChangeFacts[] {
  return queries.flatMap((query) => {
    const earlier = replaced.get(query.fingerprint);
    const before = base.planned.get(earlier?.fingerprint ?? '');
    const after = head.planned.get(query.fingerprint);
    if (earlier === undefined || before === undefined || after === undefined) return [];
    return [{ query, earlier, base: before, head: after }];
  });
}

/** How much less a query may have cost at base to have lacked there what it lacks now. */
const asDear = 0.8;

/** Of what is missing at head, what was missing for queries that cost about as much at base. */
function adviceAtBase({ missing }: Advice, base: readonly PlannedQuery[], head: Examination): Advice {
  const costs = new Map(base.map(({ query, measures }) => [query.fingerprint, measures.cost]));
  const isAsDear = (fingerprint: string) => {
    const [before, now] = [costs.get(fingerprint), head.planned.get(fingerprint)];
    return before !== undefined && before >= (now?.measures.cost ?? 0) * asDear;
  };
  return {
    missing: missing.map((each) => ({
      ...each,
      helps: each.helps.filter(({ fingerprint }) => isAsDear(fingerprint)),
    })),
    added: [],
  };
}

function planChanges(
  queries: readonly Query[],
  base: Examination,
  head: Examination,
): readonly PlanChangeFacts[] {
  return queries.flatMap((query) => {
    const before = base.planned.get(query.fingerprint);
    const after = head.planned.get(query.fingerprint);
    return before === undefined || after === undefined ? [] : [{ query, ...mostChanged(before, after) }];
  });
}

function brokenQueries(
  queries: readonly Query[],
  base: Examination,
  head: Examination,
): readonly BrokenQueryFacts[] {
  return queries.flatMap((query) => {
    const before = base.planned.get(query.fingerprint);
    const error = head.refused.get(query.fingerprint);
    return before === undefined || error === undefined ? [] : [{ query, base: before, error }];
  });
}
