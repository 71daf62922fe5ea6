import type { Config } from '../config/config.ts';
import { executeAll } from '../migrations/execute.ts';
import { migrationsUpTo, type PlacedStatement } from '../migrations/transactions.ts';
import type { Migration } from '../model/migration.ts';
import type { MigrationObservation } from '../model/observation.ts';
import type { ProductionStatistics } from '../model/production.ts';
import type { Unchecked } from '../model/review.ts';
import type { Sandbox } from '../model/server.ts';
import type { Examination, PlannedQuery } from '../plans/examine.ts';
import { querySubject } from '../rules/on-plan.ts';
import type { StepFacts } from '../rules/step-facts.ts';
import type { Base } from './base.ts';
import { type PointBetween, pointsBetween, type QueryAt } from './between.ts';
import type { Head } from './head.ts';
import { type PlannedState, planState } from './plans.ts';
import { readState } from './states.ts';

/** Steps that are built at most: each takes some tenths of a second, and a change with more has said enough. */
const mostSteps = 12;

/** Queries that are planned at one step at most: those that are sent most often. */
const mostQueries = 2_000;

/** How many times its cost at base, and at head, a query costs that is looked at again at the next step. */
const troubled = 1.5;

/** What the steps of a change are built from. */
export interface BetweenStates {
  readonly base: Base;
  readonly head: Pick<Head, 'state' | 'earlier'>;
  /** What the change runs, and what it was seen to do. */
  readonly added: readonly Migration[];
  readonly migrations: readonly MigrationObservation[];
  /** Files of the change: it is looked at points in these alone; null for all. */
  readonly only: ReadonlySet<string> | null;
  /** The statistics file, or null. */
  readonly production: ProductionStatistics | null;
  /** The plans of base and head, which tell the queries that are worth planning again. */
  readonly atBase: PlannedState;
  readonly atHead: PlannedState;
}

interface PlannedSteps {
  readonly steps: readonly StepFacts[];
  readonly unchecked: readonly Unchecked[];
}

/**
 * Plans queries at the committed points between base and head at which they may run otherwise than at both: each is a
 * clone of the base in which the change is run so far, and its twin. Where there is no such query, nothing is built.
 *
 * @param name of the databases, which are numbered
 */
export async function planSteps(
  sandbox: Sandbox,
  config: Config,
  between: BetweenStates,
  progress: (step: string) => void,
  name = 'step',
): Promise<PlannedSteps> {
  const { base, head, atBase, atHead, migrations, only } = between;
  if (base.kind === 'loaded') return { steps: [], unchecked: [] };
  const inBoth = [...atBase.examination.planned].filter(([each]) => atHead.examination.planned.has(each));
  const all = pointsBetween({
    migrations,
    base: base.state.schema,
    head: head.state.schema,
    planned: inBoth.map(([, planned]) => planned),
    reportAs: (table) => atBase.tables.get(table)?.reportAs ?? table,
  });
  const points = all.filter(({ last }) => only === null || only.has(last.file));
  const steps: StepFacts[] = [];
  const unchecked: Unchecked[] = [];
  const worse = new Set<string>();
  for (const [index, point] of points.entries()) {
    const wanted = [...point.changed, ...point.helped.filter(({ query }) => worse.has(query.fingerprint))];
    if (wanted.length === 0) continue;
    if (steps.length === mostSteps) {
      unchecked.push({
        subject: placeOf(point),
        reason: `queries were not planned as they run after it: this was done for the first ${mostSteps} such places`,
      });
      continue;
    }
    const asked = wanted.toSorted((a, b) => b.query.calls - a.query.calls).slice(0, mostQueries);
    progress(`planning ${asked.length} queries as they run after ${placeOf(point)}`);
    const result = await planStep(sandbox, config, between, `${name}_${index + 1}`, point, asked);
    unchecked.push(...leftOut(point, wanted.length - asked.length), ...result.unchecked);
    if (result.facts === null) continue;
    steps.push(result.facts);
    for (const { query } of asked) {
      const isWorse = isTroubled(query.fingerprint, result.facts, between);
      if (isWorse) worse.add(query.fingerprint);
      else worse.delete(query.fingerprint);
    }
  }
  return { steps, unchecked };
}

function leftOut(point: PointBetween, count: number): readonly Unchecked[] {
  if (count === 0) return [];
  return [
    {
      subject: placeOf(point),
      reason: `${count} queries were not planned as they run after it: this was done for the ${mostQueries} that are sent most often`,
    },
  ];
}

function isTroubled(
  fingerprint: string,
  { plans, refused }: StepFacts,
  { atBase, atHead }: Pick<BetweenStates, 'atBase' | 'atHead'>,
): boolean {
  const costs = [atBase, atHead].map((state) => worstCost(state.examination.planned.get(fingerprint)));
  return refused.has(fingerprint) || worstCost(plans.get(fingerprint)) > Math.max(...costs) * troubled;
}

function worstCost(planned: PlannedQuery | undefined): number {
  return Math.max(0, ...(planned?.variants ?? []).map(({ measures }) => measures.cost));
}

async function planStep(
  sandbox: Sandbox,
  config: Config,
  { head, added, production }: BetweenStates,
  name: string,
  point: PointBetween,
  asked: readonly QueryAt[],
): Promise<{ readonly facts: StepFacts | null; readonly unchecked: readonly Unchecked[] }> {
  await sandbox.createDatabase(name, 'base');
  const failed = await runUpTo(sandbox, name, added, point);
  if (failed !== null) return { facts: null, unchecked: [failed] };
  const state = await readState(sandbox, name);
  const queries = asked.map(({ query }) => query);
  // What statistics the twin lacks is told of head.
  const { examination } = await planState(
    sandbox,
    state,
    config,
    { queries, migrations: [] },
    { production, earlier: head.earlier },
  );
  return {
    facts: {
      last: point.last,
      gaps: point.gaps,
      queries: new Map(asked.map(({ query, by, settledBy }) => [query.fingerprint, { by, settledBy }])),
      plans: examination.planned,
      refused: examination.refused,
    },
    unchecked: asked.flatMap((each) => stoppedQuery(each, examination, placeOf(point))),
  };
}

function stoppedQuery({ query }: QueryAt, { stopped }: Examination, place: string): readonly Unchecked[] {
  const limitMs = stopped.get(query.fingerprint);
  if (limitMs === undefined) return [];
  const reason = `planning it after ${place} did not end within ${limitMs / 1000} s`;
  return [{ subject: querySubject(query).name, reason }];
}

/** Runs the change as far as the step. In a session of its own, so that the database can be cloned. */
async function runUpTo(
  sandbox: Sandbox,
  name: string,
  added: readonly Migration[],
  point: PointBetween,
): Promise<Unchecked | null> {
  await using session = await sandbox.connect(name, 'owner');
  const failed = await executeAll(session, migrationsUpTo(added, point.last));
  if (failed === null) return null;
  const { script, failure } = failed;
  const reason = failure.kind === 'failed' ? failure.error.message : `stopped after ${failure.limitMs} ms`;
  return {
    subject: placeOf(point),
    reason: `queries were not planned as they run after it: ${script.path} could not be run again: ${reason}`,
  };
}

function placeOf({ last: { file, statement } }: { readonly last: PlacedStatement }): string {
  return `${file}:${statement.line}`;
}
